import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DockerApi } from '../../src/engines/docker/index.ts';
import { waitFor } from '../e2e/wait.ts';
import { baseOf } from './base.ts';

/** Docker for tests: where it is, and what its images stand on. */
export interface TestDocker {
  socket: string;
  api: DockerApi;
  /** Folder of everything it keeps. */
  data: string;
  /** Root file system for images, as `ESCALE_IMAGE_BASE` takes it. */
  base: string;
  /** Cache of images that all tests of a run share. */
  images: string;
  /** Of the daemon, now. */
  pid: () => number;
}

/** Why there is no Docker for tests here; false: there is. As the option `skip` of a test takes it. */
export function withoutDocker(): string | false {
  if (process.platform !== 'linux') return 'Docker is tested on Linux';
  if (process.getuid?.() !== 0) return 'only root may start a dockerd';
  for (const program of ['dockerd', 'containerd', 'runc'])
    if (!isOnPath(program)) return `${program} is not installed (Debian: docker.io)`;
  return false;
}

function isOnPath(program: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(path.join(folder, program)));
}

/** The one of this run, started by whoever asks first. */
export async function testDocker(): Promise<TestDocker> {
  const runner = runnerOf();
  const folder = path.join(os.tmpdir(), `escale-dockerd-${runner}`);
  if (isFirst(folder)) startKeeper(folder, runner);
  const socket = path.join(folder, 'docker.sock');
  const api = new DockerApi(() => socket);
  await waitFor('dockerd answers', () => answers(api, folder), 60_000);
  const images = path.join(folder, 'images');
  return {
    ...{ socket, api, data: path.join(folder, 'data'), images },
    base: `tar:${await baseOf(folder, images)}`,
    pid: () => Number(readFileSync(path.join(folder, 'docker.pid'), 'utf8')),
  };
}

/** Node's runner of the tests, where there is one: all files of a run have it for their parent. */
function runnerOf(): number {
  return process.env.NODE_TEST_CONTEXT === undefined ? process.pid : process.ppid;
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o711 });
    return true;
  } catch {
    return false;
  }
}

function startKeeper(folder: string, runner: number): void {
  const keeper = path.join(import.meta.dirname, 'keep.ts');
  spawn(process.execPath, [keeper, folder, String(runner)], { detached: true, stdio: 'ignore' }).unref();
}

async function answers(api: DockerApi, folder: string): Promise<boolean> {
  const log = path.join(folder, 'failed');
  if (existsSync(log)) throw new Error(`dockerd does not start: ${readFileSync(log, 'utf8').slice(-2000)}`);
  await api.ask({ method: 'GET', path: '/info' });
  return true;
}

/** What a container runs as is asked of the kernel: how a pid inside is called outside. */
export function outsidePid(inside: number, beside: number): number {
  const namespace = execFileSync('readlink', [`/proc/${beside}/ns/pid`], { encoding: 'utf8' }).trim();
  const pids = execFileSync('ls', ['/proc'], { encoding: 'utf8' })
    .split('\n')
    .filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => isIt(pid, inside, namespace));
  if (found === undefined) throw new Error(`nobody has the pid ${inside} in the container of ${beside}`);
  return Number(found);
}

function isIt(pid: string, inside: number, namespace: string): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const own = /^NSpid:\t(.*)$/m.exec(status)?.[1]?.split('\t').at(-1);
    return (
      own === String(inside) &&
      execFileSync('readlink', [`/proc/${pid}/ns/pid`], { encoding: 'utf8' }).trim() === namespace
    );
  } catch {
    return false;
  }
}
