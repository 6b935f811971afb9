import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileDigest, sourceFiles } from '../artifact/index.ts';

const AT_ONCE = 32;

/** The files of a folder as they stand, committed or not, without what git ignores. Throws `source-too-large`. */
export async function copySource(from: string, to: string): Promise<void> {
  const files = await sourceFiles(from);
  for (const folder of new Set(files.map((file) => path.dirname(path.join(to, file.path)))))
    await mkdir(folder, { recursive: true });
  await inTurns(files, async (file) => {
    const target = path.join(to, file.path);
    if (file.kind === 'link') await symlink(file.target, target);
    else await copyFile(path.join(from, file.path), target, constants.COPYFILE_FICLONE);
  });
}

/** Names everything in a tree: names, contents, links, what may be executed. */
export async function treeDigest(folder: string): Promise<string> {
  const files = await sourceFiles(folder);
  const contents = new Map<string, string>();
  await inTurns(files, async (file) => {
    contents.set(
      file.path,
      file.kind === 'link' ? file.target : await fileDigest(path.join(folder, file.path)),
    );
  });
  const hash = createHash('sha256');
  for (const { path: name, kind, executable } of files)
    hash.update(JSON.stringify([name, kind, executable, contents.get(name)]));
  return hash.digest('hex');
}

async function inTurns<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += AT_ONCE)
    await Promise.all(items.slice(start, start + AT_ONCE).map(work));
}

/** Bytes of the files of a folder and of those below it; links are not followed. */
export async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let sum = 0;
  for (const entry of entries.filter((one) => one.isFile()))
    sum += (await lstat(path.join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0;
  return sum;
}
