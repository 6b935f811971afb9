import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A living process of one Escale. */
export interface EscaleProcess {
  pid: number;
  command: string;
  /** Its instance's id; null for Escale's own processes. */
  instance: string | null;
}

/** Every living process that carries the mark of an `ESCALE_HOME`: Escale's own and all that instances started. */
export function processesOf(home: string): EscaleProcess[] {
  const owner = readText(path.join(home, 'id'));
  const marks = [`ESCALE_HOME=${home}`, ...(owner === '' ? [] : [`ESCALE_OWNER=${owner.trim()}`])];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const words = readText(`/proc/${pid}/environ`).split('\0');
      if (!marks.some((mark) => words.includes(mark)) || isZombie(pid)) return [];
      const command = readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
      const instance = words.find((word) => word.startsWith('ESCALE_INSTANCE='))?.slice(16) ?? null;
      return [{ pid: Number(pid), command, instance }];
    });
}

/** Ends everything of an Escale at once, as a power cut would. */
export function killAll(home: string, which: (one: EscaleProcess) => boolean = () => true): void {
  // Stopped first: whoever still ran while the others were killed would start them again.
  const stopped = new Set<number>();
  const running = () => processesOf(home).filter((one) => which(one) && !stopped.has(one.pid));
  for (let all = running(); all.length > 0; all = running())
    for (const { pid } of all) {
      stopped.add(pid);
      kill(pid, 'SIGSTOP');
    }
  for (const pid of stopped) kill(pid);
}

export function kill(pid: number, signal: 'SIGKILL' | 'SIGSTOP' = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It was faster.
  }
}

export function isAlive(pid: number): boolean {
  return readText(`/proc/${pid}/stat`) !== '' && !isZombie(String(pid));
}

function isZombie(pid: string): boolean {
  const stat = readText(`/proc/${pid}/stat`);
  return stat === '' || stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
