import type {
  Address,
  DesiredSystem,
  DrainDeadlines,
  EnvironmentNetwork,
  InstancePlan,
  InternalListener,
  Probe,
  TrafficInstance,
  TrafficRoute,
  TrafficService,
  TrafficTable,
} from '../core/contracts/index.ts';
import type { Instance } from './instance.ts';

export interface TableInput {
  version: number;
  desired: DesiredSystem[];
  instances: Instance[];
  /** Lasting loopback port of each callable service. */
  internalPorts: Record<string, number>;
  /** Of environments whose instances are not on this host's own network. */
  networks?: EnvironmentNetwork[];
  /** Escale's own pages, which run outside any system. */
  pages: { hosts: string[]; address: Address } | null;
}

/** Everything the gateway shall do, from what is wanted and what runs. */
export function trafficTable(input: TableInput): TrafficTable {
  const routed = Map.groupBy(input.instances.filter(isRouted), ({ record }) => keyOf(record, record.service));
  const plans = newestPlans(input.desired);
  const services = [...serviceKeys(input)].map((key) =>
    trafficService(key, routed.get(key) ?? [], plans.get(key) ?? ABSENT),
  );
  return {
    version: input.version,
    routes: [...input.desired.flatMap(routesOf), ...(input.pages?.hosts ?? []).map(pagesRoute)],
    internal: Object.entries(input.internalPorts).flatMap(([service, port]) =>
      listenersOf(service, port, input.networks ?? []),
    ),
    services: [...services, ...(input.pages ? [pagesService(input.pages.address)] : [])],
  };
}

export const HOST = '127.0.0.1';
const PAGES = 'escale/escale/pages';
const PAGES_RELEASE = 0;

/** Services that can be called, those that others use included, also while nothing of them runs. */
function serviceKeys(input: TableInput): Set<string> {
  const callable = input.desired.flatMap((wish) => callableServices(wish));
  return new Set([...callable, ...Object.keys(input.internalPorts)]);
}

/** Every callable service of a system and every service that it uses. */
export function callableServices(wish: DesiredSystem): string[] {
  const own = wish.sets.filter((set) => set.plan.port).map((set) => keyOf(wish, set.service));
  const routed = wish.routes.map((route) => keyOf(wish, route.service));
  const used = wish.sets.flatMap((set) =>
    Object.values(set.plan.uses).map((use) => `${wish.environment}/${use}`),
  );
  return [...new Set([...own, ...routed, ...used])];
}

export function keyOf(place: { environment: string; system: string }, service: string): string {
  return `${place.environment}/${place.system}/${service}`;
}

/** On this host, and where its environment has a network of its own, there too, for that network alone. */
function listenersOf(service: string, port: number, networks: EnvironmentNetwork[]): InternalListener[] {
  const own = networks.filter(({ environment }) => service.startsWith(`${environment}/`));
  return [
    { service, host: HOST, port },
    ...own.map(({ host, subnet }) => ({ service, host, port, from: subnet })),
  ];
}

function routesOf(wish: DesiredSystem): TrafficRoute[] {
  return wish.routes.map(({ host, prefix, service }) => ({ host, prefix, service: keyOf(wish, service) }));
}

function trafficService(key: string, instances: Instance[], newest: TrafficPlan): TrafficService {
  return {
    key,
    instances: instances.map(trafficInstance),
    probe: probeOf(newest),
    drain: drainOf(newest),
    hold: newest.hold,
    responseTimeoutMs: newest.responseTimeoutMs,
  };
}

function isRouted(instance: Instance): boolean {
  return instance.record.port !== null && (instance.phase === 'routed' || instance.phase === 'draining');
}

function trafficInstance(instance: Instance): TrafficInstance {
  const { plan, record } = instance;
  return {
    id: record.id,
    release: record.release,
    address: { host: record.host ?? HOST, port: record.port! },
    rotation: instance.phase === 'draining' ? 'out' : 'in',
    probe: probeOf(plan),
    drain: drainOf(plan),
  };
}

function drainOf(plan: TrafficPlan): DrainDeadlines {
  return { requestsMs: plan.stop.drainMs, upgradesMs: plan.stop.websocketsMs };
}

function probeOf(plan: TrafficPlan): Probe {
  const { ready, intervalMs, timeoutMs, failures } = plan.health;
  return { path: ready, intervalMs, timeoutMs, failures, stableMs: plan.start.stableMs };
}

type TrafficPlan = Pick<InstancePlan, 'health' | 'start' | 'stop' | 'hold' | 'responseTimeoutMs'>;

/** For a service that others use and that was never delivered: its callers wait, then get 503. */
const ABSENT: TrafficPlan = {
  health: { ready: null, live: null, intervalMs: 2000, timeoutMs: 2000, failures: 3 },
  start: { deadlineMs: 30_000, stableMs: 1000 },
  stop: { drainMs: 30_000, websocketsMs: 30_000, graceMs: 10_000 },
  hold: { timeoutMs: 30_000, max: 1000 },
  responseTimeoutMs: 60_000,
};

/** By service: of the sets that are wanted of it, the plan of the newest. */
function newestPlans(desired: DesiredSystem[]): Map<string, InstancePlan> {
  const newest = new Map<string, DesiredSystem['sets'][number]>();
  for (const wish of desired)
    for (const set of wish.sets) {
      const known = newest.get(keyOf(wish, set.service));
      if (known === undefined || set.rollout > known.rollout) newest.set(keyOf(wish, set.service), set);
    }
  return new Map([...newest].map(([key, { plan }]) => [key, plan]));
}

function pagesRoute(host: string): TrafficRoute {
  return { host, prefix: '/', service: PAGES };
}

function pagesService(address: Address): TrafficService {
  return {
    key: PAGES,
    instances: [
      {
        id: 'escale-pages',
        release: PAGES_RELEASE,
        address,
        rotation: 'in',
      },
    ],
    probe: { path: null, intervalMs: 1000, timeoutMs: 1000, failures: 2, stableMs: 0 },
    drain: { requestsMs: 1000, upgradesMs: 1000 },
    hold: { timeoutMs: 10_000, max: 100 },
    responseTimeoutMs: 60_000,
  };
}
