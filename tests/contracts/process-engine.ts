import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connectControlPlane } from '../../src/server/client.ts';
import { connectSupervisor } from '../../src/supervisor/index.ts';
import { freePort, killAll, processesOf, waitFor } from '../e2e/escale.ts';
import type { EngineUnderTest } from './engine-under-test.ts';

const SUPERVISOR = path.join(import.meta.dirname, '..', '..', 'src', 'server', 'processes', 'supervisor.ts');
const SECRET = { name: 'KEEPERS_SECRET', value: 'not-for-instances' };

/** Supervisor, process runtime and gateway as the real processes, in a home of their own. */
export interface ProcessEngine extends EngineUnderTest {
  engine: ReturnType<typeof connectSupervisor>;
  home: string;
  /** Starts the supervisor's process; resolves with it when one answers. */
  startKeeper(): Promise<ChildProcess>;
  /** Ends Escale's own processes with -9 and leaves the instances. */
  killOwnProcesses(): Promise<void>;
}

export async function makeProcessEngine(more: NodeJS.ProcessEnv = {}): Promise<ProcessEngine> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-engine-'));
  chmodSync(folder, 0o711);
  const home = path.join(folder, 'home');
  const port = await freePort();
  const engine = connectSupervisor(path.join(home, 'run', 'supervisor.sock'));
  const env = {
    ...process.env,
    ESCALE_HOME: home,
    ESCALE_HTTP_PORT: String(port),
    [SECRET.name]: SECRET.value,
    ...more,
  };
  const startKeeper = async () => {
    // As the control plane leaves it: the supervisor looks once whether other users can reach it.
    mkdirSync(path.join(home, 'artifacts'), { recursive: true, mode: 0o755 });
    const child = startSupervisor(env);
    await waitFor('the supervisor answers', async () => (await engine.observe()).gateway.connected);
    return child;
  };
  await startKeeper();
  return {
    engine,
    home,
    node: process.execPath,
    hostPid: (_instance, pid) => pid,
    seesEndsOfAdopted: false,
    secret: SECRET,
    artifact: async (program) => writeArtifact(path.join(home, 'artifacts'), program),
    startKeeper,
    killKeeper: async () => {
      const pid = await engine.ping();
      process.kill(pid, 'SIGKILL');
      await waitFor('another supervisor answers', async () => (await engine.ping()) !== pid);
      await waitFor('it has its gateway', async () => (await engine.observe()).gateway.connected);
    },
    killOwnProcesses: async () => {
      killAll(home, ({ instance }) => instance === null);
      await waitFor('they are gone', () => processesOf(home).every(({ instance }) => instance !== null));
    },
    logBytes: (system) =>
      sizeOf(path.join(home, 'logs', 'local', system)) + sizeOf(path.join(home, 'supervisor', 'instances')),
    close: async () => {
      await shutDown(home);
      await waitFor('nothing is left', () => processesOf(home).length === 0).catch(() => {});
      const left = processesOf(home);
      killAll(home);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      assert.deepEqual(left, []);
    },
  };
}

function startSupervisor(env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', SUPERVISOR], {
    cwd: '/',
    env,
    stdio: 'ignore',
    detached: true,
  });
  child.unref();
  return child;
}

/** The ordinary end: the control plane ends the supervisor, and that the gateway. */
async function shutDown(home: string): Promise<void> {
  const controlPlane = connectControlPlane(path.join(home, 'run', 'control.sock'));
  await waitFor('the control plane answers', () => controlPlane.hello());
  await controlPlane.shutdown({ onlyIfIdle: false });
}

/** A folder as the artifact store would make it: read-only, readable to every user. */
function writeArtifact(store: string, program: string): string {
  mkdirSync(store, { recursive: true, mode: 0o755 });
  const folder = mkdtempSync(path.join(store, 'test-'));
  chmodSync(folder, 0o755);
  writeFileSync(path.join(folder, 'main.mjs'), program, { mode: 0o444 });
  return folder;
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) =>
        sum + (statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
}

/** The record of an instance as it is on disk. */
export function recordFile(home: string, instance: string): string {
  return path.join(home, 'supervisor', 'instances', instance, 'record.json');
}

export function readRecord(home: string, instance: string) {
  return JSON.parse(readFileSync(recordFile(home, instance), 'utf8')) as {
    identity: { bootId: string; pid: number; startTime: string };
    record: { pid: number };
  };
}
