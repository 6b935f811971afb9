import { createHash } from 'node:crypto';
import type { ResolvedStep, SystemFile } from '../../core/manifest/index.ts';
import { canonical } from '../../core/release/index.ts';
import type { StoredPipelineRun } from './stored.ts';

/**
 * Names everything that a step's outcome depends on: every file that was checked out, lock files included, and how it
 * is run. Null where that can't be said: it uses something that exists elsewhere, or somebody wants it run.
 */
export function stepKey(of: {
  run: Pick<StoredPipelineRun, 'folder' | 'fresh'>;
  model: SystemFile;
  tree: string | null;
  step: ResolvedStep;
  /** What its caches hold came from; null: no step has one. */
  trust: string | null;
}): string | null {
  const { run, model, tree, step, trust } = of;
  const usesOthers = step.uses.some((name) => model.resources?.[name]?.external !== undefined);
  if (tree === null || run.fresh || usesOthers) return null;
  const runtime = [process.platform, process.arch, process.versions.node];
  const { limits: _, timeoutMs: __, ...how } = step;
  return createHash('sha256')
    .update(canonical([tree, run.folder, how, runtime, trust]))
    .digest('hex');
}
