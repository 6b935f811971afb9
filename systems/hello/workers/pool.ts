import { MessageChannel, Worker } from 'node:worker_threads';
import { type Flags, flagsIn, newFlagMemory } from '../flags.ts';
import type { Instance } from '../instance.ts';
import type { Snapshot } from '../metrics.ts';
import type { Settings } from '../settings.ts';
import { afterCrash } from './back-off.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';
import { findPort } from './shared-port.ts';

interface Pool {
  data: ThreadData;
  flags: Flags;
  running: Set<Worker>;
  ledger: Ledger<Worker>;
}

/** An instance of `settings.workers` threads on one port; a thread that dies is replaced. */
export async function start(settings: Settings): Promise<Instance> {
  const flagMemory = newFlagMemory();
  const port = await findPort(settings.host, settings.port);
  const pool: Pool = {
    data: { settings, flagMemory, port },
    flags: flagsIn(flagMemory),
    running: new Set(),
    ledger: createLedger(),
  };
  await Promise.all(Array.from({ length: settings.workers }, () => startFirst(pool)));
  return { port, drain: () => drain(pool) };
}

/** Resolves when the thread listens; rejects when it can't: a beginning without it would hide a mistake. */
function startFirst(pool: Pool): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = startThread(pool);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a worker ended before it listened')));
    onListening(worker, () => {
      worker.off('error', reject);
      keep(pool, { worker, crashes: 0 });
      resolve();
    });
  });
}

function keep(pool: Pool, { worker, crashes }: { worker: Worker; crashes: number }): void {
  const began = performance.now();
  worker.on('error', (error) => console.error('a worker crashed:', error));
  worker.once('exit', () => {
    if (pool.flags.draining) return;
    pool.flags.missingWorkers += 1;
    const next = afterCrash(crashes, performance.now() - began);
    setTimeout(replace, next.waitMs, pool, next.crashes);
  });
}

function replace(pool: Pool, crashes: number): void {
  if (pool.flags.draining) return;
  const worker = startThread(pool);
  let listens = false;
  onListening(worker, () => {
    listens = true;
    pool.flags.missingWorkers -= 1;
  });
  worker.once('exit', () => {
    if (!listens) pool.flags.missingWorkers -= 1;
  });
  keep(pool, { worker, crashes });
}

function startThread(pool: Pool): Worker {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: pool.data });
  pool.running.add(worker);
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'exit') process.exit(message.code);
    if (message.kind === 'collect') void collect(pool).then((text) => message.reply.postMessage(text));
  });
  worker.once('exit', () => {
    pool.running.delete(worker);
    pool.ledger.retire(worker);
  });
  return worker;
}

function onListening(worker: Worker, act: () => void): void {
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'listening') act();
  });
}

async function collect({ running, ledger }: Pool): Promise<string> {
  await Promise.all(
    [...running].map(async (worker) => {
      const snapshot = await snapshotOf(worker);
      if (snapshot && running.has(worker)) ledger.note(worker, snapshot);
    }),
  );
  return ledger.render();
}

/** Longest wait for a thread's counts, ms; one that is busy longer is summed as it was last seen. */
const snapshotTimeoutMs = 1000;

async function snapshotOf(worker: Worker): Promise<Snapshot | null> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), snapshotTimeoutMs);
  const snapshot = await ask(worker, 'snapshot', late.signal);
  clearTimeout(timer);
  return snapshot as Snapshot | null;
}

/** All are drained before one stops listening: a connection that waits on a closing socket would be reset. */
async function drain({ flags, running }: Pool): Promise<void> {
  flags.draining = true;
  await Promise.all([...running].map((worker) => ask(worker, 'drain')));
  await Promise.all(
    [...running].map((worker) => {
      worker.postMessage({ kind: 'stop' } satisfies ToThread);
      return new Promise((resolve) => worker.once('exit', resolve));
    }),
  );
}

/** The thread's answer; null when it ends, or `signal` aborts, before it answers. */
function ask(worker: Worker, kind: 'snapshot' | 'drain', signal?: AbortSignal): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ kind, reply: port2 } satisfies ToThread, [port2]);
  return new Promise((resolve) => {
    const finish = (answer: unknown) => {
      worker.off('exit', giveUp);
      port1.close();
      resolve(answer);
    };
    const giveUp = () => finish(null);
    worker.once('exit', giveUp);
    signal?.addEventListener('abort', giveUp);
    port1.once('message', finish);
  });
}
