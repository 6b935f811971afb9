import type { SecretVersions } from '../contracts/index.ts';
import { type ResolvedSystem, secretsOfResource } from '../manifest/index.ts';
import { changedServices, sameSecrets } from '../release/index.ts';
import { type Operation, rollingOperations, type ServiceChange } from '../rollout/index.ts';
import { startingOrder } from './order.ts';

/** A release as an environment sees it: resolved, with the artifact of each service and job. */
export interface Resolution {
  release: number;
  system: ResolvedSystem;
  artifacts: Record<string, string>;
  /** Which value of each secret that it names; left out where none is known. */
  secrets?: SecretVersions;
}

/** What runs now of one service. */
export interface Running {
  release: number;
  count: number;
}

export interface PlanInput {
  /** Null: nothing was ever deployed here. */
  before: Resolution | null;
  after: Resolution;
  /** What is wanted now, by service; a service that is not in it does not run. */
  running: Record<string, Running>;
  /** Numbers that people set with `escale scale`, by service; they outlive releases. */
  scaled: Record<string, number>;
  /** The release is already recorded (a rollback, a promotion, a restart). */
  recorded: boolean;
  /** Artifacts that are not in the store yet. */
  missingArtifacts: string[];
  /** Replace the instances even where nothing changed (`escale restart`): these services. */
  restart: string[];
  /** Run the jobs that come before a deploy. */
  runJobs: boolean;
  /** It can't be there too soon: all new instances of a service start at once. */
  urgent: boolean;
  /** Copy a database before a job that is another one than the last time. */
  backUp: boolean;
}

export interface Plan {
  operations: Operation[];
  changes: ServiceChange[];
}

/** desired × running → operations. An empty list means that everything is as it should be. */
export function makePlan(input: PlanInput): Plan {
  const changes = wantedChanges(input);
  const gone = goneChanges(input);
  const route = routeOperation(input);
  const provide = provideOperations(input);
  const body = [
    ...changes.flatMap(rollingOperations),
    ...(route ? [route] : []),
    ...gone.flatMap(rollingOperations),
    ...withdrawOperations(input),
  ];
  const before = input.before?.release ?? null;
  const sameRelease = before === input.after.release;
  if (body.length + provide.length === 0 && sameRelease) return { operations: [], changes: [] };
  const head = [
    ...prepareOperations(input),
    ...releaseOperation(input),
    ...provide,
    ...(input.runJobs ? [...backupOperations(input), ...runOperations(input.after)] : []),
  ];
  const promote: Operation[] = sameRelease ? [] : [{ kind: 'promote', release: input.after.release }];
  return { operations: [...head, ...body, ...promote], changes: [...changes, ...gone] };
}

function prepareOperations(input: PlanInput): Operation[] {
  const missing = new Map<string, string>();
  for (const [name, artifact] of Object.entries(input.after.artifacts))
    if (input.missingArtifacts.includes(artifact) && !missing.has(artifact)) missing.set(artifact, name);
  return [...missing].map(([artifact, service]) => ({ kind: 'prepare', service, artifact }));
}

function releaseOperation(input: PlanInput): Operation[] {
  if (input.recorded) return [];
  return [{ kind: 'release', release: input.after.release, from: input.before?.release ?? null }];
}

/** Resources that are new, or another thing than before. */
function provideOperations({ before, after }: PlanInput): Operation[] {
  const former = before?.system.resources ?? {};
  return Object.values(after.system.resources)
    .filter((resource) => {
      const same = own(former, resource.name);
      if (same === undefined || same.type !== resource.type || same.external !== resource.external)
        return true;
      return !sameSecrets(secretsOfResource(resource), before, after);
    })
    .map(({ name, type, external }) => ({
      kind: 'provide',
      resource: name,
      type,
      external: external !== null,
    }));
}

function withdrawOperations({ before, after }: PlanInput): Operation[] {
  return Object.keys(before?.system.resources ?? {})
    .filter((name) => !Object.hasOwn(after.system.resources, name))
    .map((name) => ({ kind: 'withdraw', resource: name }));
}

/** What a job that changed may do to databases that hold something already; one elsewhere is not ours to copy. */
function backupOperations({ before, after, backUp }: PlanInput): Operation[] {
  if (!backUp || before === null) return [];
  const isOld = (name: string) => {
    const [former, next] = [own(before.system.resources, name), own(after.system.resources, name)];
    return former !== undefined && former.external === null && next?.external === null;
  };
  const done = new Set<string>();
  return Object.values(after.system.jobs)
    .filter((job) => job.beforeDeploy && before.artifacts[job.name] !== after.artifacts[job.name])
    .flatMap((job) => job.uses.filter(isOld).map((resource) => ({ resource, job: job.name })))
    .filter(({ resource }) => !done.has(resource) && done.add(resource))
    .map(({ resource, job }) => ({ kind: 'backup', resource, job }));
}

function runOperations({ release, system }: Resolution): Operation[] {
  return Object.values(system.jobs)
    .filter((job) => job.beforeDeploy)
    .map((job) => ({ kind: 'run', job: job.name, release }));
}

function wantedChanges(input: PlanInput): ServiceChange[] {
  return startingOrder(input.after.system)
    .map((name) => wantedChange(input, name))
    .filter((change): change is ServiceChange => change !== null);
}

function wantedChange(input: PlanInput, name: string): ServiceChange | null {
  const service = input.after.system.services[name]!;
  const from = own(input.running, name) ?? null;
  const count = (service.scaling === null ? own(input.scaled, name) : undefined) ?? service.replicas;
  const keep = from !== null && !mustReplace(input, name);
  if (keep && from.count === count) return null;
  const to = { release: keep ? from.release : input.after.release, count };
  const surge = input.urgent ? Math.max(1, count) : input.after.system.rollout.surge;
  return { service: name, surge, from, to, stopFirst: service.volume, keep };
}

/** Names are people's: a service may be called `constructor`, which every object seems to have. */
function own<Value>(map: Record<string, Value>, name: string): Value | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

function goneChanges(input: PlanInput): ServiceChange[] {
  return Object.keys(input.running)
    .filter((name) => !Object.hasOwn(input.after.system.services, name))
    .map((name) => ({
      service: name,
      surge: input.after.system.rollout.surge,
      from: input.running[name]!,
      to: null,
      stopFirst: false,
      keep: false,
    }));
}

function mustReplace(input: PlanInput, name: string): boolean {
  if (input.restart.includes(name)) return true;
  return input.before === null || changedServices(input.before, input.after).includes(name);
}

function routeOperation(input: PlanInput): Operation | null {
  const before = routeTexts(input.before);
  const after = routeTexts(input.after);
  const add = after.filter((route) => !before.includes(route));
  const remove = before.filter((route) => !after.includes(route));
  return add.length + remove.length === 0 ? null : { kind: 'route', add, remove };
}

function routeTexts(resolution: Resolution | null): string[] {
  const routes = resolution?.system.routes ?? [];
  return routes.map((route) => `${route.host}${route.prefix === '/' ? '' : route.prefix}→${route.service}`);
}
