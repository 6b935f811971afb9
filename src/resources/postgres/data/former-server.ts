import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EscaleError } from '../../../core/errors/index.ts';

/** A server's helpers end by themselves when it is killed; those that are busy take a moment. */
const PATIENCE_MS = 3000;
/** After SIGKILL. */
const LAST_PATIENCE_MS = 5000;
const EVERY_MS = 20;

/**
 * Whether a server lives on a data folder. When its postmaster is gone, waits until all its processes are, ends those
 * that stay (they could still write), and removes the pid file, which would otherwise stop the next start. Throws
 * `resource-running` when something holds the folder that can't be ended.
 */
export async function settleFormerServer(data: string): Promise<'running' | 'gone'> {
  const settled = await untilSettled(data, PATIENCE_MS);
  if (settled !== null) return settled;
  for (const pid of remainsOf(data)) process.kill(pid, 'SIGKILL');
  const killed = await untilSettled(data, LAST_PATIENCE_MS);
  if (killed !== null) return killed;
  throw new EscaleError('resource-running', `processes of a former server still use ${data}`, {
    place: data,
    next: 'End them (`ps` shows them as `postgres: …`), or wait until they have ended.',
    details: { pids: serversOf(data) },
  });
}

/** Null: not within the time. Nothing tells of the end of processes that are not our children, so it looks. */
async function untilSettled(data: string, patienceMs: number): Promise<'running' | 'gone' | null> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const pidFile = readPidFile(data);
    const pids = serversOf(data);
    if (pidFile !== null && pids.includes(pidFile.pid)) return 'running';
    if (pids.length === 0 && attachedTo(pidFile) === 0) {
      removeStale(data, pidFile);
      return 'gone';
    }
    if (performance.now() > deadline) return null;
    await pause(EVERY_MS);
  }
}

/** Processes without a postmaster, looked at once more before they are ended. */
function remainsOf(data: string): number[] {
  const pids = serversOf(data);
  const pid = readPidFile(data)?.pid;
  return pid !== undefined && pids.includes(pid) ? [] : pids;
}

interface PidFile {
  text: string;
  /** Negative in single-user mode. */
  pid: number;
  /** Of the System V segment that every process of a server is attached to; null before it has one. */
  sharedMemory: string | null;
}

/** `postmaster.pid`: the pid on its first line, `key id` of the shared memory on its seventh (src/include/utils/pidfile.h). */
function readPidFile(data: string): PidFile | null {
  try {
    const text = readFileSync(path.join(data, 'postmaster.pid'), 'utf8');
    const lines = text.split('\n');
    return { text, pid: Number(lines[0]), sharedMemory: lines[6]?.trim().split(/\s+/)[1] ?? null };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}

/**
 * Processes of PostgreSQL that work in a folder: all of a server's do, from their start on. Where the kernel does not
 * tell us (root without CAP_SYS_PTRACE, as in most containers), the first of them is known by its command.
 */
function serversOf(data: string): number[] {
  const real = realpathSync(data);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => worksIn(pid, real) || isStartedFor(pid, data))
    .map(Number);
}

function worksIn(pid: string, folder: string): boolean {
  return linkOf(pid, 'cwd') === folder && path.basename(linkOf(pid, 'exe') ?? '').startsWith('postgres');
}

function isStartedFor(pid: string, data: string): boolean {
  const words = commandOf(pid);
  return path.basename(words[0] ?? '') === 'postgres' && words[words.indexOf('-D') + 1] === data;
}

/** Null for those that just ended, and for those we may not look at. */
function linkOf(pid: string, name: 'cwd' | 'exe'): string | null {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return null;
  }
}

/** Empty for those that just ended. */
function commandOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** How many processes are attached to a server's shared memory (proc(5), sysvipc), those of other users too. */
function attachedTo(pidFile: PidFile | null): number {
  if (pidFile?.sharedMemory == null) return 0;
  const lines = readFileSync('/proc/sysvipc/shm', 'utf8').split('\n');
  const columns = lines.map((line) => line.trim().split(/\s+/));
  return Number(columns.find(([, id]) => id === pidFile.sharedMemory)?.[6] ?? 0);
}

/** Only the very file that was looked at: a server that started meanwhile has another one. */
function removeStale(data: string, pidFile: PidFile | null): void {
  if (pidFile === null || readPidFile(data)?.text !== pidFile.text) return;
  rmSync(path.join(data, 'postmaster.pid'), { force: true });
}
