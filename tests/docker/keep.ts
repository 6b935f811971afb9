/** Runs a dockerd in a folder (started again when it is killed) until a process has ended: `keep.ts FOLDER PID`. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { appendFileSync, createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DockerApi } from '../../src/engines/docker/index.ts';

const [folder = '', runner = ''] = process.argv.slice(2);
const LOOK_MS = 300;
/** One that never came up will not. */
const UP_MS = 30_000;

const data = path.join(folder, 'data');
const containerdSocket = path.join(folder, 'containerd.sock');
const words = [
  ...['--data-root', data, '--exec-root', path.join(folder, 'exec')],
  ...['-H', `unix://${path.join(folder, 'docker.sock')}`, '-p', path.join(folder, 'docker.pid')],
  ...['--bridge', 'none', '--live-restore', '--log-level', 'warn', '--containerd', containerdSocket],
];
const log = path.join(folder, 'dockerd.log');
/** Its images are on a disk of their own, which a test may fill. */
const SIZE = '3g';
let isEnding = false;
mount();
// As on a real host: it is not dockerd's child, and containers are not ended by the end of either.
const containerd = startContainerd();
let daemon: ChildProcess = start();

setInterval(() => {
  if (!isThere(Number(runner)) && !isEnding) void end();
}, LOOK_MS);

function start(): ChildProcess {
  const began = Date.now();
  rmSync(path.join(folder, 'docker.pid'), { force: true });
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  const child = spawn('dockerd', words, { stdio: ['ignore', 'pipe', 'pipe'], env });
  for (const stream of [child.stdout, child.stderr]) stream.pipe(createWriteStream(log, { flags: 'a' }));
  child.once('error', (error) => appendFileSync(log, String(error)));
  child.once('exit', (_code, signal) => {
    if (isEnding) return;
    if (signal !== 'SIGKILL' && Date.now() - began < UP_MS) fail();
    else daemon = start();
  });
  return child;
}

function startContainerd(): ChildProcess {
  const config = path.join(folder, 'containerd.toml');
  writeFileSync(
    config,
    `version = 2
root = ${JSON.stringify(path.join(data, 'containerd'))}
state = ${JSON.stringify(path.join(folder, 'containerd'))}
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = ${JSON.stringify(containerdSocket)}
[plugins."io.containerd.internal.v1.opt"]
path = ${JSON.stringify(path.join(folder, 'opt'))}
`,
  );
  return spawn('containerd', ['--config', config, '--log-level', 'warn'], { stdio: 'ignore' });
}

function mount(): void {
  mkdirSync(data, { mode: 0o711 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0711`, 'tmpfs', data]);
}

function unmount(): void {
  // Where containers are still being cleared away, it goes with the last of them.
  execFileSync('umount', ['--lazy', data]);
}

function fail(): never {
  containerd.kill('SIGKILL');
  writeFileSync(path.join(folder, 'failed'), readFileSync(log));
  unmount();
  process.exit(1);
}

/** Everything that tests left goes with it. */
async function end(): Promise<void> {
  isEnding = true;
  const api = new DockerApi(() => path.join(folder, 'docker.sock'));
  await removeAll(api).catch((error) => appendFileSync(log, String(error)));
  api.close();
  const exited = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.kill('SIGTERM');
  await exited;
  const gone = new Promise((resolve) => containerd.once('exit', resolve));
  containerd.kill('SIGTERM');
  await gone;
  unmount();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  process.exit(0);
}

async function removeAll(api: DockerApi): Promise<void> {
  const containers = await api.ask<{ Id: string }[]>({
    ...{ method: 'GET', path: '/containers/json', query: { all: 'true' } },
  });
  for (const { Id } of containers)
    await api.find({ method: 'DELETE', path: `/containers/${Id}`, query: { force: 'true' } });
  await api.ask({ method: 'POST', path: '/networks/prune' });
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
