import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { USED } from './run-git.ts';

const LOOK_MS = 10;

/**
 * Ends git's processes on repositories below a folder, at once; resolves when they are gone. A crash of ours leaves them
 * alive: they would still change references that nobody looks at any more, and files of runs. To be called while nobody
 * else uses git there.
 */
export async function endLeft(folder: string): Promise<void> {
  for (let left = usersOf(folder); left.length > 0; left = usersOf(folder)) {
    for (const pid of left) end(pid);
    await pause(LOOK_MS);
  }
}

function usersOf(folder: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const isUser = (word: string) => word.startsWith(`${USED}=${folder}/`);
  return pids.map(Number).filter((pid) => environmentOf(pid).some(isUser));
}

/** Empty where it is gone, or somebody else's. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was faster.
  }
}
