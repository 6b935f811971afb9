import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { CATALOGUE, type ErrorCode, EscaleError } from '../core/errors/index.ts';
import { type Forward, sshProblem, type TargetAddress } from '../core/target/index.ts';
import { endOf, SSH_FAILED, startSsh, wordsOf } from './ssh.ts';

/** What the session on a host says when everything of Escale is there. */
export interface Ready {
  type: 'ready';
  /** Socket of the supervisor there, absolute. */
  socket: string;
}

type Said = Ready | { type: 'refused'; error: { code: string; message: string; next: string } };

/** How a session on a target is begun. */
export interface SessionWish {
  address: TargetAddress;
  /** Words of the command there; it ends with its input. */
  command: string[];
  /** Its first line of input, JSON. */
  order: object;
  forward: Forward | null;
}

/** Longest wait for a session's first word: the supervisor there may have much to adopt, ms. */
const READY_MS = 60_000;

/**
 * One connection to a host, with a program of ours at its other end that sees to it that the supervisor there runs. It
 * ends with this process, however that dies: then its input ends.
 */
export class Session {
  readonly ready: Ready;
  /** Resolves with the reason once it is over. */
  readonly ended: Promise<Error>;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, ready: Ready, ended: Promise<Error>) {
    this.child = child;
    this.ready = ready;
    this.ended = ended;
  }

  /** Throws `target-away`, whatever the session there refuses with, and `ProgramMissing` where this version is not there yet. */
  static async begin({ address, command, order, forward }: SessionWish): Promise<Session> {
    if (forward !== null) rmSync(forward.from, { force: true });
    const child = startSsh(address, command, forward ?? undefined);
    child.stdin!.on('error', () => {});
    child.stdin!.write(`${JSON.stringify(order)}\n`);
    const words = wordsOf(child.stderr!);
    const over = endOf(child).then(async (code) => whyEnded(address, code, await words));
    const lines = createInterface({ input: child.stdout! });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill();
    }, READY_MS);
    try {
      const ready = await Promise.race([firstWord(lines), over.then((error) => Promise.reject(error))]);
      return new Session(child, ready, over);
    } catch (error) {
      child.kill();
      if (isLate) throw tooLate();
      throw error;
    } finally {
      clearTimeout(timer);
      // What it prints later is nobody's. When it has ended, `ssh` would wait for connections through it that are open.
      lines.close();
      child.stdout!.once('end', () => child.kill()).resume();
    }
  }

  end(): void {
    this.child.stdin!.end();
    this.child.kill();
  }
}

async function firstWord(lines: AsyncIterable<string>): Promise<Ready> {
  for await (const line of lines) {
    const said = read(line);
    if (said?.type === 'ready') return said;
    if (said?.type === 'refused') throw refusal(said.error);
  }
  // It ended without a word: its end says why.
  return new Promise(() => {});
}

/** Shells of some hosts greet. */
function read(line: string): Said | null {
  try {
    return JSON.parse(line) as Said;
  } catch {
    return null;
  }
}

function refusal({ code, message, next }: { code: string; message: string; next: string }): Error {
  return code in CATALOGUE ? new EscaleError(code as ErrorCode, message, { next }) : new Error(message);
}

function tooLate(): EscaleError {
  return new EscaleError('target-failed', `Escale there was not ready within ${READY_MS / 1000} s`);
}

/** A shell's code for a program that is not there. */
const NOT_FOUND = 127;

/** This version of Escale was not brought to the host yet. */
export class ProgramMissing extends Error {}

function whyEnded(address: TargetAddress, code: number, said: string): EscaleError | ProgramMissing {
  if (code === SSH_FAILED) return sshProblem(address, said);
  if (code === NOT_FOUND) return new ProgramMissing(said);
  const last = said.trim().split('\n').at(-1) ?? '';
  return new EscaleError('target-failed', last || `Escale there ended with ${code}`);
}
