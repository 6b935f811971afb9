import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { promisify } from 'node:util';
import { HOST } from './proxies.ts';

const PROXY_CORE = '0';
const OTHER_CORE = '1';

export interface LoadResult {
  requests: number;
  requestsPerSecond: number;
  p99Ms: number;
  errors: number;
}

export function isInstalled(program: string): boolean {
  return program === '' || spawnSync('which', [program]).status === 0;
}

/** Starts `command` pinned to the proxy's core or the other one. */
export function pinned(command: string[], where: 'proxy' | 'other'): ChildProcess {
  const core = where === 'proxy' ? PROXY_CORE : OTHER_CORE;
  return spawn('taskset', ['-c', core, ...command], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** 64 kept-alive connections with wrk on the core that is not the proxy's. */
export async function wrk(port: number, path: string, seconds: number): Promise<LoadResult> {
  const url = `http://127.0.0.1:${port}${path}`;
  const args = [
    '-c',
    OTHER_CORE,
    'wrk',
    '-t1',
    '-c64',
    `-d${seconds}s`,
    '--latency',
    '-H',
    `Host: ${HOST}`,
    url,
  ];
  const { stdout } = await promisify(execFile)('taskset', args);
  const errors = /Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? '0';
  const broken =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)?.slice(1) ?? [];
  return {
    requests: Number(/(\d+) requests in/.exec(stdout)![1]),
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)![1]),
    p99Ms: milliseconds(/99%\s+([\d.]+)(us|ms|s)/.exec(stdout)!),
    errors: Number(errors) + broken.reduce((sum, count) => sum + Number(count), 0),
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves when something listens at `port`. */
export async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens at ${port}`);
}

/** CPU time a process has used, microseconds. */
export function cpuMicros(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Proportional memory of a process, MB. */
export function memoryOf(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))![1];
  return Math.round(Number(kilobytes) / 102.4) / 10;
}

function milliseconds(match: RegExpExecArray): number {
  const factor = { us: 0.001, ms: 1, s: 1_000 }[match[2]!]!;
  return Number(match[1]) * factor;
}
