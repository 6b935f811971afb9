import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { CLUSTER_OPTIONS } from '../../../core/postgres/index.ts';
import { syncFolder } from '../../../host/index.ts';
import { syncTree } from '../data/tree.ts';
import { giveFolder } from './another-user.ts';
import type { Programs } from './programs.ts';
import { runProgram } from './run.ts';

const LONGEST_MS = 2 * 60_000;

/**
 * The folder of an empty cluster that new data folders are copied from (initdb takes ten times as long as the copy).
 * Made once for each version; several processes may do it at once.
 */
export async function templateFor(programs: Programs, cache: string): Promise<string> {
  const template = path.join(cache, `template-${programs.version}-${process.arch}`);
  if (existsSync(template)) return template;
  mkdirSync(cache, { recursive: true, mode: 0o711 });
  chmodSync(cache, 0o711);
  removeAbandoned(cache);
  const folder = mkdtempSync(path.join(cache, MAKING));
  try {
    await runProgram(programs, {
      program: 'initdb',
      args: [...CLUSTER_OPTIONS, '--no-sync', '-D', folder],
      folder,
      input: '',
      timeoutMs: LONGEST_MS,
    });
    if (process.getuid?.() === 0) giveFolder(folder, { uid: 0, gid: 0 });
    await syncTree(folder);
    renameUnlessThere(folder, template);
    syncFolder(cache);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return template;
}

const MAKING = 'making-';

function renameUnlessThere(folder: string, template: string): void {
  try {
    renameSync(folder, template);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

const ABANDONED_MS = 10 * LONGEST_MS;

/** What a crash left. */
function removeAbandoned(cache: string): void {
  for (const name of readdirSync(cache).filter((name) => name.startsWith(MAKING))) {
    const folder = path.join(cache, name);
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > ABANDONED_MS) rmSync(folder, { recursive: true, force: true });
  }
}
