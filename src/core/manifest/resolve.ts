import { EscaleError } from '../errors/index.ts';
import { DEFAULTS } from './defaults.ts';
import { parseDuration } from './duration.ts';
import { ENGINES } from './engines.ts';
import type {
  AdjustmentsFile,
  EnvironmentFile,
  JobFile,
  ResourceFile,
  ServiceFile,
  SystemFile,
} from './file/schema.ts';
import { parseSource } from './folder.ts';
import { didYouMean } from './mistakes.ts';
import type {
  ResolvedContainer,
  ResolvedJob,
  ResolvedLimits,
  ResolvedResource,
  ResolvedRoute,
  ResolvedService,
  ResolvedSystem,
} from './model.ts';
import { nearest } from './nearest.ts';
import { environmentHost, parseRoute } from './route.ts';
import { parseSize } from './size.ts';
import { splitWords } from './words.ts';

/** Places that every system has, whether its file names them or not. */
const ALWAYS_THERE = ['local', 'staging', 'production'];

/** The environments of a system; `local` comes first. */
export function environmentsOf(model: SystemFile): string[] {
  return [...new Set([...ALWAYS_THERE, ...Object.keys(model.environments ?? {})])];
}

/** `local` and those that the file itself names. */
export function writtenEnvironments(model: SystemFile): string[] {
  return [...new Set(['local', ...Object.keys(model.environments ?? {})])];
}

/** A checked file, resolved for one environment. Throws `unknown-environment`. The model must come from a check without mistakes. */
export function resolveSystem(model: SystemFile, environment = 'local'): ResolvedSystem {
  const changes = environmentNamed(model, environment);
  return {
    name: model.name,
    environment,
    ...whereOf(changes.target),
    services: mapValues(model.services, (service, name) =>
      resolveService(name, adjust(service, own(changes.services, name) ?? {})),
    ),
    jobs: mapValues(model.jobs ?? {}, (job, name) => resolveJob(name, job, own(changes.jobs, name) ?? {})),
    resources: mapValues(model.resources ?? {}, (resource, name) =>
      resolveResource(name, { ...resource, ...own(changes.resources, name) }),
    ),
    routes: resolveRoutes(model, environment, changes),
    rollout: { strategy: 'rolling', surge: model.rollout?.surge ?? DEFAULTS.surge },
  };
}

/** Hosts elsewhere run containers. */
function whereOf(target = 'process'): Pick<ResolvedSystem, 'engine' | 'target'> {
  const engine = ENGINES.find((one) => one === target);
  return engine === undefined ? { engine: 'docker', target } : { engine, target: null };
}

function mapValues<From, To>(
  map: Record<string, From>,
  change: (value: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value, name)]));
}

function environmentNamed(model: SystemFile, name: string): EnvironmentFile {
  const found = own(model.environments, name);
  if (found !== undefined) return found;
  if (ALWAYS_THERE.includes(name)) return {};
  const names = environmentsOf(model);
  const next = didYouMean(nearest(name, names)) ?? `Environments: ${names.join(', ')}.`;
  throw new EscaleError('unknown-environment', `${model.name} has no environment ${JSON.stringify(name)}`, {
    next,
  });
}

function own<Value>(map: Record<string, Value> | undefined, key: string): Value | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Maps (`env`, `limits`, …) are merged key by key, everything else is replaced. */
function adjust(service: ServiceFile, changes: AdjustmentsFile): ServiceFile {
  return {
    ...service,
    ...changes,
    env: { ...service.env, ...changes.env },
    health: { ...service.health, ...changes.health },
    start: { ...service.start, ...changes.start },
    stop: { ...service.stop, ...changes.stop },
    hold: { ...service.hold, ...changes.hold },
    limits: { ...service.limits, ...changes.limits },
  };
}

function resolveService(name: string, service: ServiceFile): ResolvedService {
  return {
    name,
    source: resolveSource(service.source ?? DEFAULTS.source),
    command: resolveCommand(service.command),
    container: resolveContainer(service),
    static: resolveStatic(service.static),
    port: service.port !== undefined || service.static !== undefined,
    ...resolveReplicas(service.replicas ?? DEFAULTS.replicas),
    uses: [...(service.uses ?? [])],
    env: mapValues(service.env ?? {}, String),
    ...resolveTimes(service),
    limits: resolveLimits(service.limits),
    volume: service.volume !== undefined,
    spread: service.spread ?? null,
  };
}

function resolveReplicas(
  replicas: NonNullable<ServiceFile['replicas']>,
): Pick<ResolvedService, 'replicas' | 'scaling'> {
  if (typeof replicas === 'number') return { replicas, scaling: null };
  const { min, max, cpu = DEFAULTS.scalingCpu } = replicas;
  return { replicas: min, scaling: { min, max, cpu } };
}

function resolveJob(
  name: string,
  job: JobFile,
  changes: NonNullable<EnvironmentFile['jobs']>[string],
): ResolvedJob {
  const { schedule, timeZone, timeout } = { ...job, ...changes };
  const overlap = job.overlap === true;
  return {
    name,
    source: resolveSource(job.source ?? DEFAULTS.source),
    command: resolveCommand(job.command),
    container: resolveContainer(job),
    uses: [...(job.uses ?? [])],
    env: mapValues({ ...job.env, ...changes.env }, String),
    beforeDeploy: job.before === 'deploy',
    schedule:
      schedule === undefined
        ? null
        : { cron: schedule, timeZone: timeZone ?? DEFAULTS.job.timeZone, overlap },
    timeoutMs: time(timeout, DEFAULTS.job.timeoutMs),
    limits: resolveLimits({ ...job.limits, ...changes.limits }),
  };
}

function resolveResource(name: string, { type, external }: ResourceFile): ResolvedResource {
  return { name, type, external: external ?? null };
}

function resolveTimes({ health, start, stop, hold, timeout }: ServiceFile) {
  return {
    health: {
      ready: health?.ready ?? null,
      live: health?.live ?? null,
      intervalMs: time(health?.interval, DEFAULTS.health.intervalMs),
      timeoutMs: time(health?.timeout, DEFAULTS.health.timeoutMs),
      failures: health?.failures ?? DEFAULTS.health.failures,
    },
    start: {
      deadlineMs: time(start?.deadline, DEFAULTS.start.deadlineMs),
      stableMs: time(start?.stable, DEFAULTS.start.stableMs),
    },
    stop: {
      drainMs: time(stop?.drain, DEFAULTS.stop.drainMs),
      websocketsMs: time(stop?.websockets, DEFAULTS.stop.websocketsMs),
      graceMs: time(stop?.grace, DEFAULTS.stop.graceMs),
    },
    hold: { timeoutMs: time(hold?.timeout, DEFAULTS.hold.timeoutMs), max: hold?.max ?? DEFAULTS.hold.max },
    responseTimeoutMs: time(timeout, DEFAULTS.responseTimeoutMs),
  };
}

function time(written: string | undefined, otherwise: number): number {
  return written === undefined ? otherwise : (parseDuration(written) ?? otherwise);
}

export function resolveLimits(limits: ServiceFile['limits']): ResolvedLimits {
  const bytes = (written: string | undefined) => (written === undefined ? null : parseSize(written));
  return {
    memoryBytes: bytes(limits?.memory),
    cpu: limits?.cpu ?? null,
    processes: limits?.processes ?? null,
    diskBytes: bytes(limits?.disk),
  };
}

export function resolveSource(written: string): string {
  const parsed = parseSource(written);
  if ('problem' in parsed) throw new Error(`not a checked file: source ${parsed.problem}`);
  return parsed.source;
}

export function resolveCommand(command: ServiceFile['command']): string[] {
  if (command === undefined) return [];
  const split = Array.isArray(command) ? { words: [...command] } : splitWords(command);
  if ('problem' in split) throw new Error(`not a checked file: the command ${split.problem}`);
  return split.words;
}

function resolveContainer(part: ServiceFile | JobFile): ResolvedContainer | null {
  const { image, dockerfile } = part;
  if (image === undefined && dockerfile === undefined) return null;
  return {
    image: image ?? null,
    dockerfile: dockerfile === undefined ? null : resolveSource(dockerfile),
    port: 'port' in part && typeof part.port === 'number' ? part.port : null,
    volume: 'volume' in part && typeof part.volume === 'string' ? part.volume.replace(/\/$/, '') : null,
  };
}

function resolveStatic(files: ServiceFile['static']): { spa: boolean } | null {
  if (files === undefined) return null;
  return { spa: files !== true && files.spa === true };
}

function resolveRoutes(model: SystemFile, environment: string, changes: EnvironmentFile): ResolvedRoute[] {
  const mapped = new Map(
    Object.entries(changes.routes ?? {}).map(([from, to]) => [from.toLowerCase(), to.toLowerCase()]),
  );
  return Object.entries(model.routes ?? {}).map(([key, service]) => {
    const route = parseRoute(key);
    if ('problem' in route) throw new Error(`not a checked file: route ${route.problem}`);
    const host = environmentHost(route.host, environment, mapped.get(route.host));
    return { host, prefix: route.prefix, service };
  });
}
