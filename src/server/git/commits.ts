import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../core/errors/index.ts';
import { formatMistakes, type SystemFile } from '../../core/manifest/index.ts';
import { type Repository, readSystem, type SystemFolder, systemFolders } from '../../delivery/index.ts';

/** A system of a commit, read: its model, or why it has none, in lines for people. */
export interface ReadFolder extends SystemFolder {
  model: SystemFile | null;
  problems: string[];
}

export interface CommitSystems {
  systems: SystemFolder[];
  /** Folders with a system's file that are none of ours: tests, examples of others. */
  passedOver: string[];
}

export async function systemsOf(repository: Repository, commit: string): Promise<CommitSystems> {
  return systemFolders(await repository.tree(commit));
}

/** Reads the files of these systems as the commit has them; a TypeScript one runs where it can reach nothing. */
export async function readFolders(
  repository: Repository,
  commit: string,
  { systems, scratch }: { systems: SystemFolder[]; scratch: string },
): Promise<ReadFolder[]> {
  if (systems.length === 0) return [];
  const parent = mkdtempSync(path.join(scratch, 'commit-'));
  const top = path.join(parent, 'tree');
  try {
    await repository.checkout(commit, top);
    return await Promise.all(systems.map((system) => readFolder(top, system)));
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

async function readFolder(top: string, system: SystemFolder): Promise<ReadFolder> {
  try {
    const { model, mistakes } = await readSystem({ folder: path.join(top, system.folder) }, { from: top });
    const problems = model === null ? formatMistakes(mistakes, { color: false }).split('\n') : [];
    return { ...system, model, problems };
  } catch (error) {
    if (!(error instanceof EscaleError)) throw error;
    return { ...system, model: null, problems: [error.message.replaceAll(`${top}${path.sep}`, '')] };
  }
}
