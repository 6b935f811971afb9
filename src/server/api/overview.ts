import type { Observation } from '../../core/contracts/index.ts';
import type { ResolvedSystem } from '../../core/manifest/index.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { StoredPipelineRun } from '../pipelines/index.ts';
import { DEFAULT_HTTP_PORT } from '../processes/setting.ts';
import type { Deployment, RolloutHead } from '../store/index.ts';
import type { TargetState } from '../targets/index.ts';
import { type Observed, type ObservedPlace, observed } from './observed.ts';
import { callViews, jobViews, type PartsInput, resourceViews } from './parts-views.ts';
import { runSummary } from './pipeline-views.ts';
import type {
  HostView,
  Overview,
  ReleaseView,
  ResourceView,
  ServiceView,
  SystemView,
  TargetHostView,
} from './types.ts';

const EVENTS_SHOWN = 200;
const ROLLOUTS_SHOWN = 20;

export interface OverviewInput {
  controlPlane: ControlPlane;
  /** Null while the supervisor is away. */
  observation: Observation | null;
  runs: StoredPipelineRun[];
  targets: TargetState[];
  httpPort: number;
  version: string;
  now: number;
}

/** What is, in one picture. */
export function overview(input: OverviewInput): Overview {
  const { store } = input.controlPlane.parts;
  const seen = observed(input.observation);
  return {
    at: input.now,
    systems: store.deployments().map((deployment) => systemView(deployment, { ...input, seen })),
    events: store.events(EVENTS_SHOWN),
    host: hostView(input),
    targets: input.targets.map(targetView),
    pipelines: input.runs.map(runSummary),
    approvals: input.controlPlane.environments.waiting(),
  };
}

export function targetView({ target, link }: TargetState): TargetHostView {
  const { name, address, listen, port } = target;
  const away = link.state === 'away' ? link : { since: null, problem: null };
  return {
    ...{ name, address, state: link.state, since: away.since },
    problem: away.problem && {
      code: away.problem.code,
      message: away.problem.message,
      next: away.problem.next,
    },
    ...{ listen, httpPort: port ?? DEFAULT_HTTP_PORT },
  };
}

function hostView({ observation, httpPort, version }: OverviewInput): HostView {
  return {
    capabilities: observation?.capabilities ?? {},
    gateway: observation?.gateway ?? { connected: false, pid: null, problem: null },
    supervisor: { connected: observation !== null },
    httpPort,
    version,
  };
}

type SystemInput = OverviewInput & { seen: Observed };

function systemView(deployment: Deployment, input: SystemInput): SystemView {
  const { controlPlane } = input;
  const { store } = controlPlane.parts;
  const { system, environment, folder, up, release } = deployment;
  const resolved = resolvedOf(deployment, input);
  const target = targetOf(resolved, input);
  const isThere = target === null || target.link.state === 'connected';
  const httpPort = target === null ? input.httpPort : (target.target.port ?? DEFAULT_HTTP_PORT);
  const services = serviceViews(deployment, resolved, { ...input, httpPort });
  const parts = partViews(deployment, { resolved, services, input });
  const rollouts = store.rolloutHeads(system, environment, ROLLOUTS_SHOWN);
  const releases = store.releaseHeads(system).map(
    ({ number, commit, dev, createdAt }): ReleaseView => ({
      number,
      commit,
      dev,
      createdAt,
      current: up && number === release,
    }),
  );
  return {
    name: system,
    environment,
    target: target?.target.name ?? null,
    folder,
    up,
    state: stateOf(deployment, [isThere, ...services.map(isFull), ...parts.resources.map(answers)], rollouts),
    release,
    services,
    ...parts,
    releases,
    rollouts,
    drift: { found: controlPlane.drift.of(deployment), repaired: controlPlane.drift.isRepaired(deployment) },
  };
}

/** The host elsewhere that it runs on, as long as it is known. */
function targetOf(resolved: ResolvedSystem | null, { targets }: OverviewInput): TargetState | null {
  return targets.find(({ target }) => target.name === resolved?.target) ?? null;
}

function stateOf(deployment: Deployment, parts: boolean[], rollouts: RolloutHead[]): SystemView['state'] {
  if (rollouts[0]?.state === 'running') return 'updating';
  if (!deployment.up) return 'down';
  return parts.every((isWell) => isWell) ? 'ready' : 'degraded';
}

const isFull = ({ ready, wanted }: ServiceView) => ready >= wanted;
const answers = ({ state }: ResourceView) => state === 'ready';

type Parts = Pick<SystemView, 'resources' | 'jobs' | 'calls'>;

function partViews(
  deployment: Deployment,
  {
    resolved,
    services,
    input,
  }: { resolved: ResolvedSystem | null; services: ServiceView[]; input: SystemInput },
): Parts {
  if (resolved === null) return { resources: [], jobs: [], calls: [] };
  const { seen, now, controlPlane } = input;
  const { store } = controlPlane.parts;
  const { resources: observedHere } = seen.at(deployment);
  const parts: PartsInput = {
    place: deployment,
    up: deployment.up,
    resolved,
    observed: observedHere,
    store,
    now,
  };
  const resources = resourceViews(parts);
  const others = seen.readyIn(deployment.environment);
  return { resources, jobs: jobViews(parts), calls: callViews(resolved, { services, resources, others }) };
}

function serviceViews(
  deployment: Deployment,
  resolved: ResolvedSystem | null,
  { seen, httpPort }: SystemInput,
): ServiceView[] {
  const here = seen.at(deployment);
  const running = here.instances.filter(({ role }) => role === 'service').map(({ service }) => service);
  const names = [...Object.keys(resolved?.services ?? {}), ...running];
  return [...new Set(names)].map((name) => serviceView(name, { deployment, resolved, here, httpPort }));
}

function serviceView(
  name: string,
  {
    deployment,
    resolved,
    here,
    httpPort,
  }: { deployment: Deployment; resolved: ResolvedSystem | null; here: ObservedPlace; httpPort: number },
): ServiceView {
  const isOfIt = ({ service }: { service: string }) => service === name;
  const instances = here.instances
    .filter(isOfIt)
    .map(({ system: _, environment: __, service: ___, role: ____, rollout: _____, ...view }) => view);
  const traffic = here.services.find(isOfIt);
  const sets = here.sets.filter(isOfIt);
  const newest = sets.toSorted((a, b) => b.rollout - a.rollout)[0];
  const service = resolved?.services[name];
  return {
    name,
    addresses:
      traffic?.outsideUrl === undefined ? addressesOf(name, resolved, httpPort) : [traffic.outsideUrl],
    internalUrl: traffic?.internalUrl ?? null,
    wanted: deployment.up ? (deployment.wanted[name]?.count ?? 0) : 0,
    ready: instances.filter((instance) => instance.state === 'ready').length,
    probed: service === undefined || service.static !== null || service.health.ready !== null,
    requests: traffic?.requests ?? 0,
    errors: traffic?.errors ?? 0,
    held: traffic?.held ?? 0,
    lastPauseMs: traffic?.lastPauseMs ?? null,
    lastFailure: newest?.lastFailure ?? null,
    backoffMs: newest?.backoffMs ?? null,
    waitsFor: newest?.waitsFor ?? null,
    instances,
  };
}

/** Of the release that runs, or that the first rollout is bringing. */
function resolvedOf(deployment: Deployment, { controlPlane }: OverviewInput): ResolvedSystem | null {
  const { store } = controlPlane.parts;
  const number =
    deployment.release ?? store.rolloutHeads(deployment.system, deployment.environment, 1)[0]?.toRelease;
  return number === undefined ? null : controlPlane.deployments.resolution(deployment, number).system;
}

function addressesOf(service: string, resolved: ResolvedSystem | null, httpPort: number): string[] {
  const port = httpPort === 80 ? '' : `:${httpPort}`;
  return (resolved?.routes ?? [])
    .filter((route) => route.service === service)
    .map((route) => `http://${route.host}${port}${route.prefix}`);
}
