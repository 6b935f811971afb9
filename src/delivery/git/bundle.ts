import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Repository } from './repository.ts';
import { git, tryGit } from './run-git.ts';

/** All of a repository in one file; an empty one gives an empty file. */
export async function bundle(folder: string, file: string): Promise<void> {
  const { stdout } = await tryGit(['for-each-ref', '--count=1'], { cwd: folder });
  if (stdout.length === 0) return writeFileSync(file, '', { mode: 0o600 });
  await git(['bundle', 'create', '--quiet', file, '--all'], { cwd: folder });
}

/** A repository of such a file; appears whole or not at all. */
export async function unbundle(file: string, folder: string): Promise<void> {
  const building = `${folder}.building`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 });
  await new Repository(building).make();
  if (statSync(file).size > 0)
    await git(['-c', 'protocol.file.allow=always', 'fetch', '--quiet', '--', file, '+refs/*:refs/*'], {
      cwd: building,
    });
  renameSync(building, folder);
}
