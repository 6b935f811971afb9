import type { DesiredResource, DesiredSystem, Observation, ObservedResource } from '../../contracts/index.ts';
import { namespaceOf } from '../names.ts';
import { minReadySecondsOf } from '../probes.ts';
import { routesOfAddresses } from '../routing/gateway-table.ts';
import { failureOf } from './failure.ts';
import { instanceId, instanceOf, serviceOf } from './instances.ts';
import {
  type ClusterEvent,
  isReady,
  type Job,
  type Pod,
  type Service,
  timeOf,
  type Workload,
} from './live.ts';
import { runOf } from './runs.ts';
import { everyNodeTogether, setsOf } from './sets.ts';
import type { ServiceTraffic } from './traffic.ts';

const NOTHING_SEEN: ServiceTraffic = { requests: 0, errors: 0, held: 0, byPod: {} };

export interface PlaceSeen {
  place: { system: string; environment: string };
  /** Null: nothing is wished, or nobody knows any more what was. */
  wish: DesiredSystem | null;
  pods: Pod[];
  workloads: Workload[];
  jobs: Job[];
  services: Service[];
  /** Oldest first. */
  events: ClusterEvent[];
  /** What went through Escale's own gateway, by service; left out: nobody has asked. */
  traffic?: Record<string, ServiceTraffic>;
  /** ms since 1970. */
  now: number;
}

export interface PlaceShown extends Omit<Observation, 'capabilities' | 'gateway'> {
  /** Escale's own gateway: why none of its pods takes requests, and whether all of them do; null: there is none. */
  gateway: { problem: string | null; isWhole: boolean } | null;
}

/** What is seen of a system in an environment. Pure: the same objects show the same. */
export function observePlace(seen: PlaceSeen): PlaceShown {
  const { place, wish, pods, workloads, jobs, events, now } = seen;
  const instances = pods
    .map((pod) => instanceOf(pod, { ...seen, stableMs: stableMsOf(pod, wish) }))
    .filter((instance) => instance !== null);
  const gateway = gatewayIn(seen);
  return {
    gateway,
    instances: behindGateway(everyNodeTogether(instances, workloads), wish, gateway?.problem ?? null),
    resources: (wish?.resources ?? []).map((resource) => resourceOf(resource, seen)),
    runs: jobs.map((job) => runOf(job, { place, pods, events, now })).filter((run) => run !== null),
    sets: wish === null ? [] : setsOf({ wish, pods, workloads, events, now }),
    services: wish === null ? [] : servicesOf(wish, seen),
  };
}

function gatewayIn({ pods, workloads, events, now }: PlaceSeen): PlaceShown['gateway'] {
  const gateway = workloads.find(isGateway);
  if (gateway === undefined) return null;
  const { numberAvailable = 0, readyReplicas = 0, desiredNumberScheduled } = gateway.status ?? {};
  const ready = numberAvailable + readyReplicas;
  const isWhole = ready > 0 && ready >= (desiredNumberScheduled ?? gateway.spec?.replicas ?? 1);
  if (ready > 0) return { problem: null, isWhole };
  const reasons = pods.filter(isGateway).map((pod) => failureOf(pod, events, now).reason);
  return { problem: reasons.find((reason) => reason !== null) ?? 'it starts', isWhole };
}

function figuresOf({ held, requests, errors } = NOTHING_SEEN) {
  return { held, requests, errors };
}

/** Who is called from outside is ready once the gateway is: before that nobody reaches it. */
function behindGateway(
  instances: Observation['instances'],
  wish: DesiredSystem | null,
  problem: string | null,
): Observation['instances'] {
  if (problem === null) return instances;
  const routed = new Set(wish?.routes.map(({ service }) => service));
  const reason = `waits for the gateway: ${problem}`;
  return instances.map((instance) =>
    instance.state === 'ready' && routed.has(instance.service)
      ? { ...instance, state: 'starting' as const, reason }
      : instance,
  );
}

/** Whether an object is of Escale's own gateway. */
export function isGateway({
  metadata: { labels = {} },
}: {
  metadata: { labels?: Record<string, string> };
}): boolean {
  return labels['app.kubernetes.io/component'] === 'gateway';
}

/** As the cluster itself has it (`minReadySeconds`). */
function stableMsOf(pod: Pod, wish: DesiredSystem | null): number {
  const plan = wish?.sets.find(({ service }) => service === serviceOf(pod))?.plan;
  return plan === undefined ? 0 : minReadySecondsOf(plan) * 1000;
}

function servicesOf(
  { system, environment, sets, routes }: DesiredSystem,
  seen: PlaceSeen,
): Observation['services'] {
  const services = new Map(sets.map(({ service, plan }) => [service, plan.port]));
  const namespace = namespaceOf(system, environment);
  return [...services].map(([service, port]) => ({
    ...{ system, environment, service, internalUrl: port ? `http://${service}.${namespace}` : null },
    ...outsideUrlOf(service, seen, routes),
    ...figuresOf(seen.traffic?.[service]),
    lastPauseMs: null,
  }));
}

/** At a port of the node that one of its pods is on, or where a load balancer is; or through the gateway. */
function outsideUrlOf(
  name: string,
  { services, pods }: PlaceSeen,
  routes: DesiredSystem['routes'],
): { outsideUrl?: string } {
  const own = services.find(({ metadata }) => metadata.name === name);
  const direct = addressOf(
    own,
    pods.find((pod) => serviceOf(pod) === name && pod.status?.hostIP !== undefined),
  );
  if (direct !== null) return { outsideUrl: `${direct}/` };
  const route = routesOfAddresses(routes).find(({ service }) => service === name);
  if (route === undefined) return {};
  const gateway = addressOf(
    services.find(isGateway),
    pods.find((pod) => isGateway(pod) && isReady(pod)),
  );
  return gateway === null ? {} : { outsideUrl: `${gateway}${route.prefix}` };
}

/** Where a Service is reached from outside, without a path; null: nowhere yet. */
function addressOf(service: Service | undefined, pod: Pod | undefined): string | null {
  const [port] = service?.spec?.ports ?? [];
  if (service?.spec?.type === 'LoadBalancer') {
    const [ingress] = service.status?.loadBalancer?.ingress ?? [];
    const host = ingress?.hostname ?? ingress?.ip;
    return host === undefined ? null : `http://${host}${port?.port === 80 ? '' : `:${port?.port}`}`;
  }
  const node = pod?.status?.hostIP;
  if (service?.spec?.type !== 'NodePort' || port?.nodePort === undefined || node === undefined) return null;
  return `http://${node.includes(':') ? `[${node}]` : node}:${port.nodePort}`;
}

/** One that exists elsewhere is not asked from here: its programs say whether it answers them. */
function resourceOf(
  { name, type, external }: DesiredResource,
  { place, pods, events, now }: PlaceSeen,
): ObservedResource {
  const common = {
    ...place,
    name,
    type,
    pid: null,
    folder: null,
    sizeBytes: null,
    memoryBytes: null,
    cpu: null,
  };
  if (external !== null)
    return {
      ...common,
      external: true,
      state: 'ready',
      reason: '',
      instance: null,
      port: null,
      startedAt: null,
      failures: 0,
    };
  const pod = pods.find((each) => serviceOf(each) === name);
  const instance = pod && instanceOf(pod, { place, events, stableMs: 0, now });
  const states = { ready: 'ready', unready: 'unready', draining: 'stopping', stopping: 'stopping' } as const;
  return {
    ...{ ...common, external: false, port: 5432 },
    state: instance ? (states[instance.state as keyof typeof states] ?? 'starting') : 'starting',
    reason: instance ? instance.reason : 'waits for its pod',
    instance: pod === undefined ? null : instanceId(pod),
    startedAt: pod === undefined ? null : timeOf(pod.status?.startTime),
    failures: pod === undefined ? 0 : failureOf(pod, events, now).failures,
  };
}
