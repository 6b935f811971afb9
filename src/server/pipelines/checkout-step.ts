import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { EscaleError } from '../../core/errors/index.ts';
import {
  type ResolvedPipeline,
  refuseContainers,
  resolvePipeline,
  resolveSystem,
  type SystemFile,
} from '../../core/manifest/index.ts';
import { copySource, copyTree, developmentPackages, loadSystem, treeDigest } from '../../delivery/index.ts';
import { type Caches, trustOf } from './caches.ts';
import { type Outcome, type OwnStep, SUCCEEDED } from './outcome.ts';
import type { PipelinesParts } from './parts.ts';
import { plannedSteps } from './planned-steps.ts';
import { type RunFolder, runFolder } from './run-folder.ts';
import { stepKey } from './step-key.ts';
import type { StoredPipelineRun } from './stored.ts';

/** The files of the commit, twice where something is delivered; then the file is read and says which steps follow. */
export async function checkout(own: OwnStep, parts: PipelinesParts, caches: Caches): Promise<Outcome> {
  const { run, tell } = own;
  const folder = runFolder(parts.folder, run.id);
  await emptyFolders(folder);
  await fill(run, folder.work, parts);
  // No step has run yet: what is copied is what git said.
  if (run.environments.length > 0) await copyTree(folder.work, folder.pristine);
  const system = path.join(folder.work, run.folder);
  const { model } = await loadSystem({ folder: system }, { from: folder.work });
  refuseOtherName(run, model.name);
  // Before anything is tested that could not be delivered.
  for (const environment of run.environments) refuseContainers(model, resolveSystem(model, environment));
  const pipeline = chosen(resolvePipeline(model), run.onlyStep);
  const tree = await treeDigest(folder.work).catch(() => null);
  const needsPackages = (await developmentPackages(foldersOf(model, system), folder.work)).length > 0;
  for (const step of pipeline.steps) await caches.restore(run, step, folder);
  tell(run.commit === null ? 'the folder as it is' : `commit ${run.commit.slice(0, 12)}`);
  const trust = pipeline.steps.some(({ cache }) => cache.length > 0) ? trustOf(run) : null;
  const key = (name: string) => {
    const step = pipeline.steps.find((one) => one.name === name)!;
    return stepKey({ run, model, tree, step, trust });
  };
  const steps = plannedSteps(pipeline, { delivers: run.environments.length > 0, needsPackages, key });
  return { ...SUCCEEDED, run: { model, tree }, also: () => parts.store.addSteps(run.id, steps) };
}

async function emptyFolders({ root, work, pristine, artifacts }: RunFolder): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o711 });
  for (const folder of [work, pristine, artifacts]) await rm(folder, { recursive: true, force: true });
  for (const folder of [work, artifacts]) await mkdir(folder, { mode: 0o700 });
}

async function fill(run: StoredPipelineRun, work: string, parts: PipelinesParts): Promise<void> {
  if (run.source === null) return parts.checkout(run, work);
  await copySource(run.source, work);
}

function refuseOtherName(run: StoredPipelineRun, name: string): void {
  if (name === run.system) return;
  throw new EscaleError(
    'pipeline-wrong-system',
    `the file in ${run.folder} is of ${name}, not of ${run.system}`,
  );
}

/** All steps, or the one that was asked for with those that it needs. */
function chosen(pipeline: ResolvedPipeline, only: string | null): ResolvedPipeline {
  if (only === null) return pipeline;
  mustKnowStep(pipeline, only);
  if (only === 'quality' && pipeline.standardQuality) return { steps: [], standardQuality: true };
  const wanted = new Set<string>();
  const want = (name: string): void => {
    const step = pipeline.steps.find((one) => one.name === name);
    if (step === undefined || wanted.has(name)) return;
    wanted.add(name);
    for (const need of step.needs) want(need);
  };
  want(only);
  return { steps: pipeline.steps.filter(({ name }) => wanted.has(name)), standardQuality: false };
}

/** Throws `step-unknown`. */
export function mustKnowStep({ steps, standardQuality }: ResolvedPipeline, only: string | null): void {
  const names = [...steps.map(({ name }) => name), ...(standardQuality ? ['quality'] : [])];
  if (only === null || names.includes(only)) return;
  const next = `Its steps are: ${names.join(', ') || 'none'}.`;
  throw new EscaleError('step-unknown', `there is no step "${only}"`, { next });
}

/** Every folder that something of the system stands in, absolute: packages are shown there. */
export function foldersOf(model: SystemFile, system: string): string[] {
  const steps = resolvePipeline(model).steps.map(({ source }) => source);
  const programs = [...Object.values(model.services), ...Object.values(model.jobs ?? {})];
  const sources = [...steps, ...programs.map(({ source }) => source ?? '.'), '.'];
  return [...new Set(sources.map((source) => path.resolve(system, source)))];
}
