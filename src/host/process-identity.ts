import { readFileSync } from 'node:fs';

/**
 * Who a process is for ever: pids come back, so a pid alone is nobody. Boot, pid and start time together are
 * unique. `startTime` is field 22 of /proc/PID/stat, in clock ticks since boot (proc(5)).
 */
export interface ProcessIdentity {
  bootId: string;
  pid: number;
  startTime: string;
}

let cachedBootId: string | null = null;

export function bootId(): string {
  cachedBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return cachedBootId;
}

/** The identity of a living process; null when there is none with this pid (a zombie is none). */
export function identify(pid: number): ProcessIdentity | null {
  const stat = processStat(pid);
  if (stat === null || stat.state === 'Z' || stat.state === 'X') return null;
  return { bootId: bootId(), pid, startTime: stat.startTime };
}

export function isAlive(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== null && now.bootId === identity.bootId && now.startTime === identity.startTime;
}

export interface ProcessStat {
  pid: number;
  state: string;
  group: number;
  session: number;
  /** User and system time, ms. */
  cpuMs: number;
  startTime: string;
}

/** Clock ticks a second of /proc: 100 on every Linux that Node runs on. */
const TICKS = 100;

export function processStat(pid: number): ProcessStat | null {
  const text = readProc(pid, 'stat');
  if (text === null) return null;
  // The second field is a name in brackets that may hold spaces and brackets itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    state: fields[0]!,
    group: Number(fields[2]),
    session: Number(fields[3]),
    cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS,
    startTime: fields[19]!,
  };
}

/** A file of /proc/PID as latin1; null when the process is gone or not ours to read. */
export function readProc(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return null;
  }
}
