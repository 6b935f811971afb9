import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, lchownSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ResourceAt, ResourceKind, ResourceLaunch } from '../../../core/contracts/index.ts';

/** A user without an account, as the runtime gives one to each system. */
const USER = { uid: 61_200, gid: 61_200 };
const PATIENCE_MS = 30_000;

/** A server as the runtime would start it: as another user when we are root. */
export interface Server {
  child: ChildProcess;
  /** What it wrote to its output so far. */
  output(): string;
  /** Asks it to end, as the runtime would; resolves when it has. */
  stop(): Promise<void>;
  /** Kills the postmaster; its helpers are left. */
  kill(): Promise<void>;
  /** Kills all its processes in one go. */
  killAll(): Promise<void>;
}

/** Prepares, starts, and waits until it answers; ended with the folder of its data. */
export async function startServer(kind: ResourceKind, at: ResourceAt): Promise<Server> {
  const server = launch(await kind.prepare(at));
  await untilAnswers(kind, at, server);
  return server;
}

const launched: { dataFolder: string; server: Server }[] = [];

/** Ends the servers whose data is in a folder that is going to be removed. */
export async function endServersIn(folder: string): Promise<void> {
  const inside = launched.filter(({ dataFolder }) => dataFolder.startsWith(`${folder}/`));
  await Promise.all(inside.map(({ server }) => server.killAll()));
}

/** Starts what `prepare` said, and nothing else. */
export function launch(said: ResourceLaunch): Server {
  const another = said.refusesRoot && process.getuid?.() === 0;
  if (another) giveAway(said);
  const child = spawn(said.command[0]!, said.command.slice(1), {
    env: { PATH: process.env.PATH, ...said.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(another ? USER : {}),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const server: Server = {
    child,
    output: () => output,
    stop: () => end(child, () => child.kill(said.stopSignal)),
    kill: () => end(child, () => child.kill('SIGKILL')),
    killAll: () => killAll(child),
  };
  launched.push({ dataFolder: said.dataFolder, server });
  return server;
}

function giveAway({ dataFolder }: ResourceLaunch): void {
  for (const entry of readdirSync(dataFolder, { recursive: true, withFileTypes: true }))
    lchownSync(path.join(entry.parentPath, entry.name), USER.uid, USER.gid);
  chownSync(dataFolder, USER.uid, USER.gid);
}

async function end(child: ChildProcess, signal: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  signal();
  await exited;
}

/** Helpers lead sessions of their own: they are found by their parent, while it lives. */
async function killAll(child: ChildProcess): Promise<void> {
  const helpers = child.exitCode === null && child.signalCode === null ? childrenOf(child.pid!) : [];
  await end(child, () => {
    process.kill(child.pid!, 'SIGKILL');
    for (const pid of helpers) killOne(pid);
  });
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
}

async function untilAnswers(kind: ResourceKind, at: ResourceAt, server: Server): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const reason = await kind.probe(at);
    if (reason === null) return;
    if (server.child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the server ${reason}: ${server.output()}`);
    await pause(10);
  }
}
