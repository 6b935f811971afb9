import type { HostEngine } from '../contracts/index.ts';
import type { SystemFile } from './file/schema.ts';

/** What an environment of this host can run on. */
export const ENGINES = ['process', 'docker'] as const satisfies HostEngine[];

/** The file as if it said what an environment runs on; what it says itself counts less. */
export function withEngine(model: SystemFile, environment: string, target: HostEngine): SystemFile {
  const { environments } = model;
  const own =
    environments !== undefined && Object.hasOwn(environments, environment) ? environments[environment] : {};
  return { ...model, environments: { ...environments, [environment]: { ...own, target } } };
}
