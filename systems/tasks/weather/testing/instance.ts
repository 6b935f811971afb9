import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** A real `node server.ts`, as tests use it. */
export interface Running {
  url: string;
  process: ChildProcess;
  /** Exit code, null after a signal. */
  exited: Promise<number | null>;
  /** All of standard error, when it has ended. */
  errors: Promise<string>;
}

/** Whoever a running instance ends with: a test, or a whole file's `after`. */
export interface Owner {
  after: (end: () => void) => void;
}

/** Starts an instance on a free port and waits until it says that it listens; it is killed when its owner ends. */
export async function startServer(owner: Owner, env: Record<string, string> = {}): Promise<Running> {
  const child = spawn(process.execPath, ['server.ts'], {
    cwd: `${import.meta.dirname}/..`,
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  owner.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const errors = text(child.stderr!);
  const url = await addressOf(child);
  if (url === null) throw new Error(`exit ${await exited}: ${await errors}`);
  return { url, process: child, exited, errors };
}

/** Null when standard output ended without it. */
async function addressOf(child: ChildProcess): Promise<string | null> {
  let output = '';
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    output += chunk;
    const url = /listens on (http:\/\/\S+)/.exec(output)?.[1];
    if (url) return url;
  }
  return null;
}
