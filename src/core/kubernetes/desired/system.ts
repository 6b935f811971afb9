import { createHash } from 'node:crypto';
import type {
  DesiredResource,
  DesiredSystem,
  EnginePlace,
  InstancePlan,
  InstanceSet,
  SecretVersions,
} from '../../contracts/index.ts';
import type {
  ResolvedContainer,
  ResolvedJob,
  ResolvedService,
  ResolvedSystem,
  ResourceType,
} from '../../manifest/index.ts';

/** The sets of each service: the newest one that instances are wished of, and those that go on beside it. */
export interface ServiceSets {
  newest: InstanceSet;
  former: InstanceSet[];
}

export function setsByService({ sets }: DesiredSystem): Map<string, ServiceSets> {
  const services = Map.groupBy(sets, ({ service }) => service);
  return new Map(
    [...services].map(([name, all]) => {
      const sorted = all.toSorted((a, b) => b.rollout - a.rollout);
      const newest = sorted.find(({ count }) => count > 0) ?? sorted[0]!;
      return [name, { newest, former: sorted.filter((set) => set !== newest && set.count > 0) }];
    }),
  );
}

/** A wish as the system that is rendered, with one set of each service. */
export function systemOf(desired: DesiredSystem, sets: InstanceSet[]): ResolvedSystem {
  const services = sets.map((set) => [set.service, serviceOf(set, desired.system)]);
  return {
    ...emptySystem(desired),
    services: Object.fromEntries(services),
    resources: resourcesOf(desired.resources),
    routes: desired.routes,
    rollout: { strategy: 'rolling', surge: desired.surge ?? 1 },
  };
}

/** A system in an environment with nothing in it. */
export function emptySystem({ system, environment }: EnginePlace): ResolvedSystem {
  return {
    ...{ name: system, environment, engine: 'process', target: null },
    ...{ services: {}, jobs: {}, resources: {}, routes: [], rollout: { strategy: 'rolling', surge: 1 } },
  };
}

export function resourcesOf(resources: DesiredResource[]): ResolvedSystem['resources'] {
  return Object.fromEntries(
    resources.map(({ name, type, external }) => [name, { name, type: type as ResourceType, external }]),
  );
}

function serviceOf({ service, count, plan }: InstanceSet, system: string): ResolvedService {
  const { command, port, env, health, start, stop, hold, responseTimeoutMs, limits, volume, spread } = plan;
  // Of a set that is to go nobody chooses a number.
  const scaling = count > 0 ? scalingOf(plan) : null;
  return {
    ...{
      name: service,
      source: '.',
      command,
      static: null,
      port,
      replicas: count,
      scaling,
      env,
      health,
      start,
      stop,
    },
    ...{ hold, responseTimeoutMs, limits, volume, uses: usesOf(plan, system), spread: spread ?? null },
    container: containerOf(plan),
  };
}

/** As the file says it: of what one may use. */
function scalingOf({ scaling, limits }: InstancePlan): ResolvedService['scaling'] {
  return scaling === undefined ? null : { ...scaling, cpu: scaling.cpu / (limits.cpu ?? 1) };
}

export function jobOf(
  name: string,
  { plan, timeoutMs, system }: { plan: InstancePlan; timeoutMs: number; system: string },
): ResolvedJob {
  const { command, env, limits } = plan;
  const when = { beforeDeploy: true, schedule: null, timeoutMs };
  return {
    name,
    source: '.',
    command,
    uses: usesOf(plan, system),
    env,
    limits,
    container: containerOf(plan),
    ...when,
  };
}

/** Which one it is the file said: here it counts that it is one. */
function containerOf({ image }: InstancePlan): ResolvedContainer | null {
  return image === undefined ? null : { image: '', dockerfile: null, ...image };
}

/** As the file names them: `api`, `images/resize`, `db`. */
function usesOf({ uses, resources }: InstancePlan, system: string): string[] {
  const own = `${system}/`;
  const services = Object.values(uses).map((use) => (use.startsWith(own) ? use.slice(own.length) : use));
  return [...services, ...resources.map(({ resource }) => resource)];
}

/** The Secret with these values: another one for other values, so that what is new can't change what runs. */
export function secretNameOf(versions: SecretVersions = {}): string {
  const text = JSON.stringify(Object.entries(versions).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `secrets-${createHash('sha256').update(text).digest('hex').slice(0, 10)}`;
}
