import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { ResolvedStep } from '../../core/manifest/index.ts';
import { copyTree, folderSize, replaceFolder, takeOut } from '../../delivery/index.ts';
import { folderOfStep, treeOf } from './command-step.ts';
import type { RunFolder } from './run-folder.ts';
import type { StoredPipelineRun } from './stored.ts';

/** Of one folder, and of all of a system. */
const LARGEST_BYTES = 1 << 30;
const ALL_BYTES = 4 * 2 ** 30;

/**
 * Folders that steps find again. What a branch leaves is seen by its own runs only; what the branches that are
 * delivered leave is what others begin with: a branch that nobody has looked at can't put anything into a release.
 */
export class Caches {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Before any step of the run begins. */
  async restore(run: StoredPipelineRun, step: ResolvedStep, folder: RunFolder): Promise<void> {
    for (const name of step.cache) {
      const kept = readableFrom(run).map((trust) => this.placeOf(run, { trust, step: step.name, name }));
      const found = kept.find((place) => existsSync(place));
      const target = path.join(folderOfStep(run, step, folder), name);
      // `build` has its cache in the tree that is delivered; it must not hide a file of the commit.
      if (found === undefined || existsSync(target) || !existsSync(treeOf(step.name, folder))) continue;
      await copyTree(found, target);
      await utimes(found, new Date(), new Date()).catch(() => {});
    }
  }

  /** After it has succeeded. */
  async save(run: StoredPipelineRun, step: ResolvedStep, folder: RunFolder): Promise<void> {
    for (const name of step.cache) {
      const place = this.placeOf(run, { trust: trustOf(run), step: step.name, name });
      const made = `${place}.${run.id}.making`;
      const top = treeOf(step.name, folder);
      const from = path.join(path.relative(top, folderOfStep(run, step, folder)) || '.', name);
      const { isCut } = await takeOut({
        top,
        folder: from,
        patterns: ['.'],
        to: made,
        mostBytes: LARGEST_BYTES,
        links: true,
      });
      if (!isCut && existsSync(made)) await replaceFolder(made, place);
      await rm(made, { recursive: true, force: true });
    }
    if (step.cache.length > 0) await this.keepSmall(run.system);
  }

  /** The oldest go until the others fit. */
  private async keepSmall(system: string): Promise<void> {
    const top = path.join(this.folder, system);
    const names = (await readdir(top).catch(() => [])).flatMap((trust) => [trust]);
    const places = await Promise.all(
      names.map(async (trust) => {
        const folder = path.join(top, trust);
        const kept = await readdir(folder);
        return Promise.all(
          kept.map(async (name) => {
            const place = path.join(folder, name);
            return { place, bytes: await folderSize(place), at: (await stat(place)).mtimeMs };
          }),
        );
      }),
    );
    let sum = 0;
    for (const { place, bytes } of places.flat().sort((a, b) => b.at - a.at)) {
      sum += bytes;
      if (sum > ALL_BYTES) await rm(place, { recursive: true, force: true });
    }
  }

  private placeOf(
    run: StoredPipelineRun,
    { trust, step, name }: { trust: string; step: string; name: string },
  ): string {
    const repository = run.repository ?? 'here';
    return path.join(this.folder, run.system, `${trust}-${short(repository)}`, `${step}-${short(name)}`);
  }
}

/** What is delivered is trusted; everything else is only as good as its branch. */
export function trustOf({ environments, branch, source }: StoredPipelineRun): string {
  if (source !== null) return 'folder';
  return environments.length > 0 ? 'delivered' : `branch-${short(branch ?? '')}`;
}

function readableFrom(run: StoredPipelineRun): string[] {
  const own = trustOf(run);
  return own === 'delivered' || own === 'folder' ? [own] : [own, 'delivered'];
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
