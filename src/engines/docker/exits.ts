import { constants } from 'node:os';
import type { InstanceExit } from '../../core/contracts/index.ts';

/** What Docker tells of a container that has ended. */
export interface EndState {
  exitCode: number;
  outOfMemory: boolean;
  memoryBytes: number;
}

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));
/** Above it, an exit code of a container names the signal that ended its program. */
const SIGNAL_BASE = 128;

/** How an instance ended; null: its container was taken away. `why`: it was ended on purpose, or never ran. */
export function exitOf(id: string, state: EndState | null, why: string | null): InstanceExit {
  if (state === null)
    return { id, code: null, signal: 'SIGKILL', killed: true, reason: why ?? 'was removed from Docker' };
  const signal = SIGNALS.get(state.exitCode - SIGNAL_BASE) ?? null;
  const code = signal === null ? state.exitCode : null;
  const limit = state.outOfMemory
    ? `went over its memory limit of ${Math.round(state.memoryBytes / 1e6)} MB`
    : null;
  const plain = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
  const reason = limit ?? why ?? plain;
  return { id, code, signal, killed: limit === null && why === null && signal === 'SIGKILL', reason };
}
