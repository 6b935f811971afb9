import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EscaleError } from '../../../core/errors/index.ts';
import { takeLock } from '../../../host/index.ts';

const LONGEST_MS = 60_000;
const EVERY_MS = 25;

/** Does something with a resource's folder while nobody else does, in this process or another one. */
export async function inTurn<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + LONGEST_MS;
  for (;;) {
    const lock = takeLock(path.join(folder, 'lock'));
    if (lock !== null) {
      try {
        return await work();
      } finally {
        lock.release();
      }
    }
    if (performance.now() > deadline)
      throw new EscaleError('resource-running', `something else works on ${folder} for more than a minute`, {
        place: folder,
      });
    await pause(EVERY_MS);
  }
}
