import { spawn } from 'node:child_process';
import { EscaleError } from '../../../core/errors/index.ts';
import { wayToWrite } from './another-user.ts';
import type { Programs } from './programs.ts';

export interface Run {
  /** `initdb` or `postgres`, with its arguments. No secrets in them. */
  program: 'initdb' | 'postgres';
  args: string[];
  /** Folder that it writes, which exists. */
  folder: string;
  /** Read from its standard input. May hold secrets. */
  input: string;
  timeoutMs: number;
}

/** Runs a program of PostgreSQL to its end, as root too. Throws `resource-failed` with its last words. */
export async function runProgram(programs: Programs, run: Run): Promise<void> {
  const { before, user } = wayToWrite(run.folder, programs);
  const words = [...before, programs[run.program], ...run.args];
  const child = spawn(words[0]!, words.slice(1), {
    ...user,
    cwd: run.folder,
    env: { PATH: process.env.PATH, ...programs.env },
    stdio: ['pipe', 'ignore', 'pipe'],
    timeout: run.timeoutMs,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT);
  });
  // A program that ended already reads nothing: its exit code says why.
  child.stdin.on('error', () => {}).end(run.input);
  const code = await new Promise<number | string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  if (code !== 0) throw failed(run, code, said);
}

/** Characters of its messages that are kept. */
const KEPT = 4000;

function failed({ program, folder }: Run, code: number | string | null, said: string): EscaleError {
  const last = said
    .split('\n')
    .filter((line) => /error|fatal|panic/i.test(line))
    .at(-1);
  return new EscaleError('resource-failed', `${program} failed (${code})${last ? `: ${last.trim()}` : ''}`, {
    place: folder,
    details: { output: said },
  });
}
