import {
  type DesiredResource,
  type DesiredSystem,
  type HostEngine,
  type InstancePlan,
  type InstanceSet,
  type JobRun,
  type OwnImage,
  planWithoutRequests,
  type SecretVersions,
} from '../core/contracts/index.ts';
import {
  bindingVariable,
  type ResolvedJob,
  type ResolvedService,
  type ResolvedSystem,
  type ResourceType,
  resourceBindings,
  secretsOfEnv,
  secretsOfResource,
} from '../core/manifest/index.ts';
import type { Resolution } from '../core/plan/index.ts';
import { countsAfter, type Operation, type ServiceChange } from '../core/rollout/index.ts';
import type { WantedService } from './store/index.ts';

/** Where artifacts stand, and the command that serves a static one. */
export interface Artifacts {
  /** On a host elsewhere (its target), or on this one. */
  folderOf(digest: string, target: string | null): string;
  staticServer: string;
}

/** Looks a release up, resolved for the environment in question. */
export type Resolve = (release: number) => Resolution;

/** What an environment wants when no rollout is going on. */
export function desiredAtRest(input: {
  place: { system: string; environment: string };
  wanted: Record<string, WantedService>;
  release: number;
  secrets?: SecretVersions;
  resolve: Resolve;
  artifacts: Artifacts;
}): DesiredSystem {
  const sets = Object.entries(input.wanted).map(([service, wanted]) => instanceSet(service, wanted, input));
  const resolution = input.resolve(input.release);
  const resources = resourcesOf(resolution, input.secrets);
  const how = { ...engineOf(resolution.system), ...surgeOf(resolution.system) };
  return { ...input.place, ...how, sets, resources, routes: routesOf(resolution) };
}

/** What it wants once the first `done` operations of a rollout were carried out. */
export function desiredDuring(input: {
  place: { system: string; environment: string };
  rollout: number;
  former: Record<string, WantedService>;
  changes: ServiceChange[];
  operations: Operation[];
  done: number;
  fromRelease: number | null;
  toRelease: number;
  /** Values of secrets: of what it makes, and of what was there before. */
  secrets?: SecretVersions;
  formerSecrets?: SecretVersions;
  resolve: Resolve;
  artifacts: Artifacts;
}): DesiredSystem {
  const changed = new Map(input.changes.map((change) => [change.service, change]));
  const kept = Object.entries(input.former).filter(([service]) => !changed.has(service));
  const sets = [
    ...kept.map(([service, wanted]) => instanceSet(service, wanted, formerly(input))),
    ...input.changes.flatMap((change) => changingSets(change, input)),
  ];
  const routed = input.operations.slice(0, input.done).some(({ kind }) => kind === 'route');
  const hasRouteStep = input.operations.some(({ kind }) => kind === 'route');
  const release = routed || !hasRouteStep ? input.toRelease : input.fromRelease;
  const routes = release === null ? [] : routesOf(input.resolve(release));
  // Before anything of it is started: resources are to be reached from there.
  const { system } = input.resolve(input.toRelease);
  return {
    ...input.place,
    ...engineOf(system),
    ...surgeOf(system),
    sets,
    resources: resourcesDuring(input),
    routes,
  };
}

/** For targets that roll by themselves; left out where it is the usual. */
function surgeOf({ target, rollout: { surge } }: ResolvedSystem): { surge?: number } {
  return target === null || surge === 1 ? {} : { surge };
}

/** Left out where it is what every engine was before there were others. */
function engineOf({ engine }: ResolvedSystem): { engine?: HostEngine } {
  return engine === 'process' ? {} : { engine };
}

/** Those of before, changed by what the operations provided and withdrew so far. */
function resourcesDuring(input: Parameters<typeof desiredDuring>[0]): DesiredResource[] {
  const { fromRelease, toRelease, operations, done, resolve } = input;
  const former = fromRelease === null ? [] : resourcesOf(resolve(fromRelease), input.formerSecrets);
  const resources = new Map(former.map((resource) => [resource.name, resource]));
  const next = resourcesOf(resolve(toRelease), input.secrets);
  for (const operation of operations.slice(0, done)) {
    if (operation.kind === 'withdraw') resources.delete(operation.resource);
    if (operation.kind === 'provide')
      resources.set(operation.resource, next.find(({ name }) => name === operation.resource)!);
  }
  return [...resources.values()];
}

function resourcesOf({ system }: Resolution, versions?: SecretVersions): DesiredResource[] {
  return Object.values(system.resources).map((resource) => {
    const { name, type, external } = resource;
    return { name, type, external, ...secretsFor(secretsOfResource(resource), versions) };
  });
}

/** Those of the versions that are meant by these names; nothing where that is none. */
function secretsFor(names: string[], versions: SecretVersions = {}): { secrets?: SecretVersions } {
  const known = names.filter((name) => Object.hasOwn(versions, name));
  if (known.length === 0) return {};
  return { secrets: Object.fromEntries(known.map((name) => [name, versions[name]!])) };
}

function changingSets(change: ServiceChange, input: Parameters<typeof desiredDuring>[0]): InstanceSet[] {
  const counts = countsAfter(change, input.operations, input.done);
  const former = input.former[change.service];
  const sets: InstanceSet[] = [];
  if (former !== undefined && counts.former > 0)
    sets.push(instanceSet(change.service, { ...former, count: counts.former }, formerly(input)));
  if (change.to !== null && !change.keep && counts.fresh > 0) {
    const fresh = { release: change.to.release, rollout: input.rollout, count: counts.fresh };
    sets.push(instanceSet(change.service, fresh, input));
  }
  return sets;
}

function formerly(input: Parameters<typeof desiredDuring>[0]) {
  const { resolve, artifacts, formerSecrets } = input;
  return { resolve, artifacts, ...(formerSecrets && { secrets: formerSecrets }) };
}

function instanceSet(
  service: string,
  wanted: WantedService,
  { resolve, artifacts, secrets }: { resolve: Resolve; artifacts: Artifacts; secrets?: SecretVersions },
): InstanceSet {
  const { system, artifacts: digests } = resolve(wanted.release);
  const folder = artifacts.folderOf(digests[service]!, system.target);
  return {
    service,
    ...wanted,
    plan: {
      ...instancePlan(system, { service, artifact: folder, staticServer: artifacts.staticServer }),
      ...secretsFor(secretsOfEnv(system.services[service]!), secrets),
    },
  };
}

function routesOf({ system }: Resolution): DesiredSystem['routes'] {
  return system.routes.map(({ host, prefix, service }) => ({ host, prefix, service }));
}

/** A resolved service as a host runs it. */
export function instancePlan(
  system: ResolvedSystem,
  { service, artifact, staticServer }: { service: string; artifact: string; staticServer: string },
): InstancePlan {
  const resolved = system.services[service]!;
  const { port, health, start, stop, hold, responseTimeoutMs, limits, volume, env, spread, scaling } =
    resolved;
  const common = {
    ...engineOf(system),
    artifact,
    env,
    port,
    start,
    stop,
    hold,
    responseTimeoutMs,
    limits,
    volume,
    ...(spread !== null && { spread }),
    ...(scaling !== null && { scaling: { ...scaling, cpu: scaling.cpu * (limits.cpu ?? 1) } }),
  };
  const plan = { ...common, ...imageOf(resolved), ...usesOf(system, resolved.uses) };
  if (resolved.static === null) return { ...plan, command: resolved.command, health };
  const options = resolved.static.spa ? ['--spa'] : [];
  const command = ['node', '--disable-warning=ExperimentalWarning', staticServer, ...options];
  return { ...plan, command, health: { ...health, ready: STATIC_PROBE, live: STATIC_PROBE } };
}

const STATIC_PROBE = '/.escale/ready';

/** A run of a job of a release. */
export function jobRun(
  { release, system, artifacts: digests, secrets }: Resolution,
  { id, job, artifacts }: { id: string; job: string; artifacts: Artifacts },
): JobRun {
  const resolved = system.jobs[job]!;
  const { command, env, uses, limits, timeoutMs } = resolved;
  const artifact = artifacts.folderOf(digests[job]!, system.target);
  const common = { ...engineOf(system), ...imageOf(resolved), artifact, command, env, limits };
  const versions = secretsFor(secretsOfEnv({ env }), secrets);
  const plan = planWithoutRequests({ ...common, ...usesOf(system, uses), ...versions });
  return { id, system: system.name, environment: system.environment, job, release, timeoutMs, plan };
}

/** Left out for files. */
function imageOf({ container }: Pick<ResolvedService | ResolvedJob, 'container'>): { image?: OwnImage } {
  return container === null ? {} : { image: { port: container.port, volume: container.volume } };
}

/** Services by the variable that carries their address, and resources. */
function usesOf(system: ResolvedSystem, uses: string[]): Pick<InstancePlan, 'uses' | 'resources'> {
  const types: Record<string, ResourceType> = Object.fromEntries(
    Object.values(system.resources).map(({ name, type }) => [name, type]),
  );
  const services = uses.filter((use) => !Object.hasOwn(types, use));
  return {
    uses: Object.fromEntries(
      services.map((use) => [bindingVariable(use), use.includes('/') ? use : `${system.name}/${use}`]),
    ),
    resources: resourceBindings(uses, types).map((binding) => ({
      ...binding,
      ...(system.resources[binding.resource]!.external === null ? {} : { external: true }),
    })),
  };
}
