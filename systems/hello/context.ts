import type { Flags } from './flags.ts';
import type { Settings } from './settings.ts';

/** What routes work with: handed in, so that they are the same in one thread and in many. */
export interface Context {
  settings: Settings;
  flags: Flags;
  /** The whole instance's metrics as Prometheus text. */
  metricsText: () => Promise<string>;
  /** Ends the whole instance at once with this exit code. */
  exit: (code: number) => void;
}
