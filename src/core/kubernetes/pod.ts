import { IMAGE_ADDRESS } from '../image/index.ts';
import {
  fillCommand,
  type ResolvedJob,
  type ResolvedLimits,
  type ResolvedService,
} from '../manifest/index.ts';
import { DATA_FOLDER, environmentOf } from './environment.ts';
import { labelsOf, selectorOf, usesLabel } from './labels.ts';
import { probesOf } from './probes.ts';
import { bytesQuantity, coresQuantity, wholeSeconds } from './quantity.ts';
import { CLOSED_CONTAINER, closedPod } from './security.ts';
import { literal } from './variables.ts';
import type { KubernetesWish, RenderedProgram } from './wish.ts';

/** What a pod asks for at least, so that it finds a node with room. */
const LEAST_CORES = 0.05;
const LEAST_MEMORY_BYTES = 64 * 2 ** 20;
/** As on other engines, where the file says nothing. */
const TEMPORARY_BYTES = 256 * 2 ** 20;
/** A group that a volume's folder is given to, so that its user may write there. */
const VOLUME_GROUP = 65532;
/** Where nginx writes what it makes of its template. */
const NGINX_FOLDER = '/etc/nginx/conf.d';

/** The pod of a service, as a template. */
export function podOfService(service: ResolvedService, wish: KubernetesWish): object {
  const { version } = wish.options.programs[service.name]!;
  const component = service.port ? 'service' : 'worker';
  const labels = { ...labelsOf(wish, { name: service.name, component, version }), ...usedElsewhere(service) };
  return {
    metadata: { labels },
    spec: {
      ...programPod(service.name),
      ...(service.volume && { securityContext: securityWithVolume(service.name) }),
      terminationGracePeriodSeconds: graceOf(service, wish),
      ...(service.spread === null &&
        !service.volume && { topologySpreadConstraints: [spreadOf(service, wish)] }),
      containers: [
        {
          ...containerOf(service, wish),
          ...(service.port && {
            ports: [{ name: 'http', containerPort: IMAGE_ADDRESS.port, protocol: 'TCP' }],
            ...probesOf(service),
            lifecycle: { preStop: { sleep: { seconds: wish.options.sleepSeconds } } },
          }),
          volumeMounts: volumesOf(service, wish).map(({ name, mountPath }) => ({ name, mountPath })),
        },
      ],
      volumes: volumesOf(service, wish).flatMap(({ name, emptyDir }) =>
        emptyDir === undefined ? [] : [{ name, emptyDir }],
      ),
    },
  };
}

/** The pod of one run of a job, as a template. */
export function podOfJob(job: ResolvedJob, wish: KubernetesWish): object {
  const { version } = wish.options.programs[job.name]!;
  const labels = { ...labelsOf(wish, { name: job.name, component: 'job', version }), ...usedElsewhere(job) };
  return {
    metadata: { labels },
    spec: {
      ...programPod(job.name),
      restartPolicy: 'Never',
      containers: [{ ...containerOf(job, wish), volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] }],
      volumes: [temporary(job.limits)].map(({ name, emptyDir }) => ({ name, emptyDir })),
    },
  };
}

/** The cluster's own first process takes the place of an init: a program that says nothing of SIGTERM ends by it. */
function programPod(name: string) {
  return { ...closedPod(name), shareProcessNamespace: true };
}

function securityWithVolume(name: string): object {
  const { securityContext } = closedPod(name);
  return { ...securityContext, fsGroup: VOLUME_GROUP, fsGroupChangePolicy: 'OnRootMismatch' };
}

function usedElsewhere({ uses }: { uses: string[] }): Record<string, string> {
  const labels = uses.map((use) => use.split('/')).filter((words) => words.length === 2);
  return Object.assign({}, ...labels.map(([system, service]) => usesLabel(system!, service!)));
}

/** Sleep, drain, and what is left until SIGKILL; a worker has no requests to wait for. */
function graceOf({ port, stop }: ResolvedService, { options }: KubernetesWish): number {
  if (!port) return wholeSeconds(stop.graceMs);
  const drainMs = Math.max(stop.drainMs, stop.websocketsMs);
  return options.sleepSeconds + wholeSeconds(drainMs + stop.graceMs);
}

/** Never refused: with a node away, its pods must find a place. Each release is spread by itself. */
function spreadOf({ name }: ResolvedService, wish: KubernetesWish): object {
  return {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorOf(wish, name) },
    matchLabelKeys: ['pod-template-hash'],
  };
}

type AnyProgram = Pick<ResolvedService | ResolvedJob, 'name' | 'uses' | 'env' | 'command' | 'limits'>;

function containerOf(program: AnyProgram, wish: KubernetesWish): object {
  const { image } = wish.options.programs[program.name]!;
  const command = fillCommand(program.command, IMAGE_ADDRESS).map(literal);
  return {
    name: program.name,
    image,
    imagePullPolicy: 'IfNotPresent',
    ...(command.length > 0 && { command }),
    env: environmentOf(program, wish),
    resources: resourcesOf(program.limits),
    securityContext: CLOSED_CONTAINER,
  };
}

/** Memory is asked for whole, because it can't be given back; cores are shared. */
function resourcesOf({ memoryBytes, cpu }: ResolvedLimits): object {
  const limits = {
    ...(cpu !== null && { cpu: coresQuantity(cpu) }),
    ...(memoryBytes !== null && { memory: bytesQuantity(memoryBytes) }),
  };
  return {
    requests: {
      cpu: coresQuantity(Math.min(cpu ?? LEAST_CORES, LEAST_CORES)),
      memory: bytesQuantity(memoryBytes ?? LEAST_MEMORY_BYTES),
    },
    ...(Object.keys(limits).length > 0 && { limits }),
  };
}

interface Volume {
  name: string;
  mountPath: string;
  emptyDir?: { sizeLimit: string };
}

function volumesOf(service: ResolvedService, wish: KubernetesWish): Volume[] {
  const { fileServer }: RenderedProgram = wish.options.programs[service.name]!;
  const nginx = service.static !== null && fileServer === 'nginx';
  return [
    temporary(service.limits),
    ...(service.volume ? [{ name: 'data', mountPath: DATA_FOLDER }] : []),
    ...(nginx ? [{ name: 'nginx', mountPath: NGINX_FOLDER, emptyDir: { sizeLimit: '1Mi' } }] : []),
  ];
}

function temporary({ diskBytes }: ResolvedLimits): Volume {
  const sizeLimit = bytesQuantity(diskBytes ?? TEMPORARY_BYTES);
  return { name: 'tmp', mountPath: '/tmp', emptyDir: { sizeLimit } };
}
