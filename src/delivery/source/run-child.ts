import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { FoundFile } from './find.ts';

const CHILD = fileURLToPath(new URL('./child/main.ts', import.meta.url));
const SHIM = fileURLToPath(new URL('../../index.ts', import.meta.url));
const LONGEST_MS = 10_000;
const MOST_REPORT = 4 * 2 ** 20;
const MOST_PRINTED = 256 * 2 ** 10;

/** How an evaluation ended. Everything in it comes from other people's code. */
export interface Ending {
  /** What came over descriptor 3. */
  report: string;
  /** What it printed to stderr. */
  printed: string;
  /** Why it was killed. */
  stopped: 'time' | 'output' | null;
  exit: number | string | null;
}

/** Runs the child to its end, or to its bounds. */
export async function runChild(found: FoundFile, longestMs = LONGEST_MS): Promise<Ending> {
  const child = spawn(process.execPath, childArguments(found), {
    cwd: found.folder,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let stopped: Ending['stopped'] = null;
  const stop = (why: 'time' | 'output') => {
    stopped ??= why;
    child.kill('SIGKILL');
  };
  const timer = setTimeout(stop, longestMs, 'time');
  const report = collect(child.stdio[3] as Readable, MOST_REPORT, () => stop('output'));
  const printed = collect(child.stdio[2] as Readable, MOST_PRINTED, () => stop('output'));
  collect(child.stdio[1] as Readable, MOST_PRINTED, () => stop('output'));
  const [code, signal] = await once(child, 'close').finally(() => clearTimeout(timer));
  return { report: report(), printed: printed(), stopped, exit: signal ?? code };
}

/** No environment, no writing, no network, no programs, no threads, no add-ons; it reads its folder only. */
function childArguments({ file, folder }: FoundFile): string[] {
  const readable = [`${folder}/`, `${dirname(CHILD)}/`, SHIM];
  return [
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    '--no-warnings',
    '--no-global-search-paths',
    '--max-old-space-size=256',
    CHILD,
    file,
    SHIM,
  ];
}

/** Keeps what a stream says, up to a bound; returns what was kept so far when asked. */
function collect(stream: Readable, most: number, tooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('error', () => {});
  stream.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > most) tooMuch();
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
