import { type ChildProcess, spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import { EscaleError } from '../core/errors/index.ts';
import { type Forward, sshProblem, sshWords, type TargetAddress } from '../core/target/index.ts';

/** What `ssh` itself exits with where it could not connect, or the connection broke. */
export const SSH_FAILED = 255;
/** Of what a command says, bytes. */
const WORDS_AT_MOST = 256 << 10;

export interface Answer {
  code: number;
  out: string;
  err: string;
}

/** Starts a command on a target by the system's `ssh`; its words reach it as they are. */
export function startSsh(address: TargetAddress, command: string[], forward?: Forward): ChildProcess {
  return spawn('ssh', sshWords(address, command, forward ?? null), { stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Runs one to its end, with an input where there is one. Throws `target-away` and what else keeps `ssh` from connecting. */
export async function askOverSsh(
  address: TargetAddress,
  command: string[],
  input: NodeJS.ReadableStream | null = null,
): Promise<Answer> {
  const child = startSsh(address, command);
  const ended = endOf(child);
  const [out, err] = [wordsOf(child.stdout!), wordsOf(child.stderr!)];
  if (input === null) child.stdin!.on('error', () => {}).end();
  // Where the other side ends first, its own words say why.
  else await pipeline(input, child.stdin!).catch(() => {});
  const code = await ended;
  const answer = { code, out: await out, err: await err };
  if (code === SSH_FAILED) throw sshProblem(address, answer.err);
  return answer;
}

/** What it exits with. Throws `target-unfit` where there is no `ssh`. */
export function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => reject(cause.code === 'ENOENT' ? noSsh() : cause));
    child.once('close', (code) => resolve(code ?? SSH_FAILED));
  });
}

function noSsh(): EscaleError {
  return new EscaleError('target-unfit', 'there is no `ssh` here', {
    next: 'Install it on this host (Debian: `apt-get install openssh-client`).',
  });
}

/** All of it is read, the last of it is kept. */
export async function wordsOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  try {
    for await (const chunk of stream.setEncoding('utf8')) text = (text + chunk).slice(-WORDS_AT_MOST);
  } catch {
    // What came until then.
  }
  return text;
}
