import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { ResourceKind } from '../core/contracts/index.ts';
import type { Place } from './place.ts';

/** Where the resources of a place are, and what is kept of them: this host, or one elsewhere. */
export interface ResourceHost {
  kinds: ResourceKind[];
  /** Folder of what resources keep there, absolute. */
  folder: string;
  /** Folder of all backups there, absolute. */
  backups: string;
  /** Backups in a folder, newest first. */
  idsIn(folder: string): Promise<string[]>;
  /** Takes a backup away. */
  remove(folder: string): Promise<void>;
  /** Takes away what resources and services of a place kept. Nothing of it runs any more. */
  forget(place: Place): Promise<void>;
}

/** This host. */
export function resourcesHere(here: {
  kinds: ResourceKind[];
  folder: string;
  backups: string;
  /** Folder of what services keep, absolute. */
  volumes: string;
}): ResourceHost {
  return {
    ...here,
    idsIn: async (folder) => backupIds(folder),
    remove: (folder) => rm(folder, { recursive: true, force: true }),
    async forget({ system, environment }) {
      for (const folder of [here.folder, here.volumes])
        await rm(path.join(folder, environment, system), { recursive: true, force: true });
    },
  };
}

/** Ids of the backups in a folder of this host, newest first. */
export function backupIds(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\d{8}T\d{6}Z$/.test(name))
    .toSorted()
    .toReversed();
}
