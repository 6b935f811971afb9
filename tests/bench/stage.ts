import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { copySystem } from '../copy-system.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
  /** From the start of the command to its end, ms. */
  ms: number;
}

/** An Escale of its own in a temporary folder, with a copy of hello in a repository of its own. */
export interface Stage {
  folder: string;
  home: string;
  hello: string;
  httpPort: number;
  /** Of its commands and processes. */
  env: NodeJS.ProcessEnv;
  /** Runs the CLI; rejects when it fails unless `mayFail`. */
  escale(args: string[], options?: { mayFail?: boolean }): Promise<CommandResult>;
  /** Changes a file of hello so that the next deploy makes a release. */
  changeHello(): void;
  /** Runs `escale server` in the foreground until it is ended. */
  serve(): ChildProcess;
  pid(name: 'control-plane' | 'supervisor' | 'gateway'): number;
  close(): Promise<void>;
}

export async function makeStage(name: string, more: NodeJS.ProcessEnv = {}): Promise<Stage> {
  const folder = mkdtempSync(path.join(os.tmpdir(), `escale-${name}-`));
  const home = path.join(folder, 'home');
  const hello = copySystem('hello', path.join(folder, 'repository'));
  const httpPort = await freePort();
  const env = {
    ...process.env,
    ESCALE_HOME: home,
    ESCALE_HTTP_PORT: String(httpPort),
    NO_COLOR: '1',
    ...more,
  };
  const escale: Stage['escale'] = async (args, { mayFail = false } = {}) => {
    const result = await runCli(args, env);
    if (result.code !== 0 && !mayFail)
      throw new Error(`escale ${args.join(' ')}: ${result.stdout}${result.stderr}`);
    return result;
  };
  return {
    ...{ folder, home, hello, httpPort, env, escale },
    changeHello: () => appendFileSync(path.join(hello, 'server.ts'), `// changed at ${Date.now()}\n`),
    serve: () => spawn(path.join(ROOT, 'escale'), ['server', '--json'], { env, stdio: 'ignore' }),
    pid: (process) => JSON.parse(readFileSync(path.join(home, 'run', `${process}.pid`), 'utf8')).pid,
    close: async () => {
      await escale(['server', 'stop'], { mayFail: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function runCli(args: string[], env: NodeJS.ProcessEnv): Promise<CommandResult> {
  const began = performance.now();
  const child = spawn(path.join(ROOT, 'escale'), args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.on('data', (chunk) => out.push(String(chunk)));
  child.stderr.on('data', (chunk) => err.push(String(chunk)));
  return new Promise((resolve) => {
    child.once('close', (code) =>
      resolve({
        code: code ?? -1,
        stdout: out.join(''),
        stderr: err.join(''),
        ms: performance.now() - began,
      }),
    );
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Asks again until it is true. Throws with `what` after a minute, or after `longestMs`. */
export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  longestMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + longestMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`waited ${Math.round(longestMs / 1000)} s for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Memory that belongs to a process, shared pages counted by their share, bytes (proc(5), smaps_rollup). */
export function proportionalBytes(pid: number): number {
  const file = `/proc/${pid}/smaps_rollup`;
  const kilobytes = existsSync(file) ? /^Pss:\s+(\d+) kB/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
  return Number(kilobytes ?? 0) * 1024;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The number after an option; `otherwise` where it is not there. */
export function numberOf(args: string[], name: string, otherwise: number): number {
  const index = args.indexOf(name);
  return index < 0 ? otherwise : Number(args[index + 1]);
}
