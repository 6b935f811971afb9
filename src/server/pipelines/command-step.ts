import path from 'node:path';
import { type DesiredSystem, type JobRun, planWithoutRequests } from '../../core/contracts/index.ts';
import { type ResolvedStep, resourceBindings, stepEnvironment } from '../../core/manifest/index.ts';
import type { RunFolder } from './run-folder.ts';
import type { StoredPipelineRun } from './stored.ts';

/** Steps end fast or not at all: nothing of them is worth waiting for, ms. */
const GRACE_MS = 5000;

/** The tree that a step works in: `build` has the one that is delivered to itself. */
export function treeOf(step: string, folder: RunFolder): string {
  return step === 'build' ? folder.pristine : folder.work;
}

/** A step's folder, absolute. */
export function folderOfStep(run: StoredPipelineRun, step: ResolvedStep, folder: RunFolder): string {
  return path.join(treeOf(step.name, folder), run.folder, step.source);
}

export function stepRunId(run: number, step: string): string {
  return `pipeline-${run}-${step}`;
}

/** Empty resources of its own, as those of the system are in production; null: it needs none. */
export function stepResources(run: StoredPipelineRun, step: ResolvedStep): DesiredSystem | null {
  if (step.uses.length === 0) return null;
  const types = resourceTypes(run);
  return {
    system: run.system,
    environment: stepEnvironment(run.id, step.name),
    sets: [],
    routes: [],
    resources: step.uses.map((name) => ({ name, type: types[name]!, external: null })),
  };
}

/** A step as the engine runs it. */
export function stepRun(run: StoredPipelineRun, step: ResolvedStep, folder: RunFolder): JobRun {
  const tree = treeOf(step.name, folder);
  return fencedRun(run, {
    ...{ id: stepRunId(run.id, step.name), step: step.name, tree, timeoutMs: step.timeoutMs },
    ...{ cwd: folderOfStep(run, step, folder), command: step.command, env: step.env, limits: step.limits },
    resources: resourceBindings(step.uses, resourceTypes(run)),
  });
}

export interface FencedProgram {
  id: string;
  step: string;
  /** The tree that it may change, absolute. */
  tree: string;
  /** In the tree, absolute. */
  cwd: string;
  command: string[];
  env: Record<string, string>;
  limits: ResolvedStep['limits'];
  timeoutMs: number;
  resources?: JobRun['plan']['resources'];
}

/** A program of a run: with nothing of the server's environment, and no value of the vault. */
export function fencedRun(run: StoredPipelineRun, program: FencedProgram): JobRun {
  const { id, step, tree, cwd, command, env, limits, timeoutMs, resources = [] } = program;
  const plan = planWithoutRequests({
    ...{ artifact: cwd, command, limits, resources },
    env: { CI: 'true', ...env },
    stop: { drainMs: 0, websocketsMs: 0, graceMs: GRACE_MS },
    workspace: { folder: tree, programs: programFolders(cwd, tree) },
  });
  const environment = stepEnvironment(run.id, step);
  return { id, system: run.system, environment, job: step, release: 0, timeoutMs, plan };
}

/** Installed programs of a folder and of those above it, as npm finds them. */
function programFolders(cwd: string, tree: string): string[] {
  const bin = path.join(cwd, 'node_modules', '.bin');
  return cwd === tree || path.dirname(cwd) === cwd
    ? [bin]
    : [bin, ...programFolders(path.dirname(cwd), tree)];
}

function resourceTypes({ model }: StoredPipelineRun): Parameters<typeof resourceBindings>[1] {
  return Object.fromEntries(Object.entries(model?.resources ?? {}).map(([name, { type }]) => [name, type]));
}
