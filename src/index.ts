import type { SystemFile } from './core/manifest/index.ts';

export type {
  AdjustmentsFile,
  EnvironmentFile,
  ServiceFile,
  SystemFile,
} from './core/manifest/index.ts';

/** Types what `escale.config.ts` exports; returns it as it is. */
export function defineSystem(system: SystemFile): SystemFile {
  return system;
}
