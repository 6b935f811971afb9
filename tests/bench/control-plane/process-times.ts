import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TICK_MS = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Processor time that a process has used, its own threads included, ms (proc(5), stat). */
export function cpuMs(pid: number): number {
  const [user, system] = ticks(pid).slice(11, 13);
  return (user! + system!) * TICK_MS;
}

/** Processor time of all children of this process that have ended, theirs included, ms. */
export function childrenCpuMs(): number {
  const [user, system] = ticks(process.pid).slice(13, 15);
  return (user! + system!) * TICK_MS;
}

/** The fields after the name, which may hold spaces: state, parent, … */
function ticks(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}
