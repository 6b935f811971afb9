import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StartRequest } from '../../core/contracts/index.ts';
import { identify } from '../../host/index.ts';

type Limits = StartRequest['limits'];

/** Keeps instances within what they may use, and knows when one was ended for it. */
export interface Limiter {
  /** For people: what is enforced, and by what. */
  describe(): string;
  /** Puts a running process, and all it will start, under limits. */
  confine(id: string, pid: number, limits: Limits): void;
  /** Whether the kernel ended something of this instance for its memory. */
  ranOutOfMemory(id: string): boolean;
  /** Living processes under these limits. */
  processes(id: string): number[];
  forget(id: string): void;
  /** Removes what was made, where nothing runs in it any more. */
  close(): void;
}

const ROOT = '/sys/fs/cgroup';
const PERIOD_US = 100_000;

/** cgroup v2 or v1 controllers where they may be used; otherwise nothing, and the runtime's watchdog does it. */
export function findLimiter(owner: string): Limiter | null {
  return cgroup2(owner) ?? cgroup1(owner);
}

function cgroup2(owner: string): Limiter | null {
  if (!existsSync(path.join(ROOT, 'cgroup.controllers'))) return null;
  const base = path.join(ROOT, `escale-${owner}`);
  try {
    mkdirSync(base, { recursive: true });
    writeFileSync(path.join(ROOT, 'cgroup.subtree_control'), '+memory +cpu +pids');
    writeFileSync(path.join(base, 'cgroup.subtree_control'), '+memory +cpu +pids');
  } catch {
    return null;
  }
  return limiterOver(new Map([['all', base]]), 'cgroup v2', (limits) => [
    ['all', 'memory.max', limits.memoryBytes],
    ['all', 'memory.swap.max', limits.memoryBytes === null ? null : 0],
    ['all', 'pids.max', limits.processes],
    ['all', 'cpu.max', limits.cpu === null ? null : `${Math.round(limits.cpu * PERIOD_US)} ${PERIOD_US}`],
  ]);
}

function cgroup1(owner: string): Limiter | null {
  const bases = new Map<string, string>();
  for (const controller of ['memory', 'pids', 'cpu']) {
    const base = path.join(ROOT, controller, `escale-${owner}`);
    try {
      mkdirSync(base, { recursive: true });
      writeFileSync(path.join(base, 'cgroup.clone_children'), '1');
      bases.set(controller, base);
    } catch {
      // This controller is not ours to use; the others may be.
    }
  }
  if (!bases.has('memory')) return null;
  return limiterOver(bases, `cgroup v1 (${[...bases.keys()].join(', ')})`, (limits) => [
    ['memory', 'memory.limit_in_bytes', limits.memoryBytes],
    ['pids', 'pids.max', limits.processes],
    ['cpu', 'cpu.cfs_period_us', limits.cpu === null ? null : PERIOD_US],
    ['cpu', 'cpu.cfs_quota_us', limits.cpu === null ? null : Math.round(limits.cpu * PERIOD_US)],
  ]);
}

/** [controller, file, value]; null values are not written. */
type Setting = [string, string, number | string | null];

function limiterOver(
  bases: Map<string, string>,
  name: string,
  settings: (limits: Limits) => Setting[],
): Limiter {
  const folders = (id: string) => [...bases.values()].map((base) => path.join(base, id));
  return {
    describe: () => name,
    confine(id, pid, limits) {
      const wanted = settings(limits).filter(
        ([controller, , value]) => bases.has(controller) && value !== null,
      );
      if (wanted.length === 0) return;
      for (const folder of folders(id)) mkdirSync(folder, { recursive: true });
      for (const [controller, file, value] of wanted)
        writeFileSync(path.join(bases.get(controller)!, id, file), String(value));
      for (const folder of folders(id)) writeFileSync(path.join(folder, 'cgroup.procs'), String(pid));
    },
    ranOutOfMemory: (id) => folders(id).some(killedForMemory),
    processes: (id) => [...new Set(folders(id).flatMap(processesIn))],
    forget: (id) => {
      for (const folder of folders(id)) removeGroup(folder);
    },
    close: () => {
      for (const base of bases.values()) removeGroup(base);
    },
  };
}

/** `oom_kill N` stands in memory.events (v2) and memory.oom_control (v1). */
function killedForMemory(folder: string): boolean {
  return ['memory.events', 'memory.oom_control'].some((name) => {
    try {
      return /^oom_kill [1-9]/m.test(readFileSync(path.join(folder, name), 'utf8'));
    } catch {
      return false;
    }
  });
}

/** A zombie is listed too, until it is reaped; it is nobody to end. */
function processesIn(folder: string): number[] {
  try {
    const pids = readFileSync(path.join(folder, 'cgroup.procs'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map(Number);
    return pids.filter((pid) => identify(pid) !== null);
  } catch {
    return [];
  }
}

function removeGroup(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Never made, or a last process is still leaving; an empty group costs nothing.
  }
}
