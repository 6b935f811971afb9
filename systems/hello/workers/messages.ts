import type { MessagePort } from 'node:worker_threads';
import type { Settings } from '../settings.ts';

/** What a thread is started with. */
export interface ThreadData {
  settings: Settings;
  flagMemory: SharedArrayBuffer;
  port: number;
}

/** From a thread to the pool. `collect` is answered on `reply` with the whole instance's metrics as text. */
export type FromThread =
  | { kind: 'listening' }
  | { kind: 'collect'; reply: MessagePort }
  | { kind: 'exit'; code: number };

/** From the pool to a thread; answered on `reply`: by the thread's metrics, or when it is drained. `stop` ends it. */
export type ToThread =
  | { kind: 'snapshot'; reply: MessagePort }
  | { kind: 'drain'; reply: MessagePort }
  | { kind: 'stop' };
