import type { DesiredSystem, InstancePlan, InstanceSet } from '../core/contracts/index.ts';
import { bindingVariable, type ResolvedSystem } from '../core/manifest/index.ts';
import type { Resolution } from '../core/plan/index.ts';
import { countsAfter, type Operation, type ServiceChange } from '../core/rollout/index.ts';
import type { WantedService } from './store.ts';

/** Where artifacts stand, and the command that serves a static one. */
export interface Artifacts {
  folderOf(digest: string): string;
  staticServer: string;
}

/** Looks a release up, resolved for the environment in question. */
export type Resolve = (release: number) => Resolution;

/** What an environment wants when no rollout is going on. */
export function desiredAtRest(input: {
  place: { system: string; environment: string };
  wanted: Record<string, WantedService>;
  release: number;
  resolve: Resolve;
  artifacts: Artifacts;
}): DesiredSystem {
  const sets = Object.entries(input.wanted).map(([service, wanted]) => instanceSet(service, wanted, input));
  return { ...input.place, sets, routes: routesOf(input.resolve(input.release)) };
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
  resolve: Resolve;
  artifacts: Artifacts;
}): DesiredSystem {
  const changed = new Map(input.changes.map((change) => [change.service, change]));
  const kept = Object.entries(input.former).filter(([service]) => !changed.has(service));
  const sets = [
    ...kept.map(([service, wanted]) => instanceSet(service, wanted, input)),
    ...input.changes.flatMap((change) => changingSets(change, input)),
  ];
  const routed = input.operations.slice(0, input.done).some(({ kind }) => kind === 'route');
  const hasRouteStep = input.operations.some(({ kind }) => kind === 'route');
  const release = routed || !hasRouteStep ? input.toRelease : input.fromRelease;
  return { ...input.place, sets, routes: release === null ? [] : routesOf(input.resolve(release)) };
}

function changingSets(change: ServiceChange, input: Parameters<typeof desiredDuring>[0]): InstanceSet[] {
  const counts = countsAfter(change, input.operations, input.done);
  const former = input.former[change.service];
  const sets: InstanceSet[] = [];
  if (former !== undefined && counts.former > 0)
    sets.push(instanceSet(change.service, { ...former, count: counts.former }, input));
  if (change.to !== null && !change.keep && counts.fresh > 0) {
    const fresh = { release: change.to.release, rollout: input.rollout, count: counts.fresh };
    sets.push(instanceSet(change.service, fresh, input));
  }
  return sets;
}

function instanceSet(
  service: string,
  wanted: WantedService,
  { resolve, artifacts }: { resolve: Resolve; artifacts: Artifacts },
): InstanceSet {
  const { system, artifacts: digests } = resolve(wanted.release);
  const folder = artifacts.folderOf(digests[service]!);
  return {
    service,
    ...wanted,
    plan: instancePlan(system, { service, artifact: folder, staticServer: artifacts.staticServer }),
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
  const { port, health, start, stop, hold, responseTimeoutMs, limits, volume, env } = resolved;
  const uses = usedServices(system.name, resolved.uses);
  const common = { artifact, env, port, start, stop, hold, responseTimeoutMs, limits, volume, uses };
  if (resolved.static === null) return { ...common, command: resolved.command, health };
  const options = resolved.static.spa ? ['--spa'] : [];
  const command = ['node', '--disable-warning=ExperimentalWarning', staticServer, ...options];
  return { ...common, command, health: { ...health, ready: STATIC_PROBE, live: STATIC_PROBE } };
}

const STATIC_PROBE = '/.escale/ready';

function usedServices(system: string, uses: string[]): Record<string, string> {
  return Object.fromEntries(
    uses.map((use) => [bindingVariable(use), use.includes('/') ? use : `${system}/${use}`]),
  );
}
