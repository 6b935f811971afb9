import { DEFAULTS, formatDuration, type ResolvedService } from '../manifest/index.ts';
import { kubernetesCron } from './cron.ts';
import { CUTTING_CLASSES } from './routing/ingress.ts';
import type { KubernetesWish } from './wish.ts';

/** What the file says and a cluster has no words for: each with its place and what to do. */
export function impossible(wish: KubernetesWish): string[] {
  return [...containers(wish), ...schedules(wish), ...prefixes(wish)];
}

/** Images of others have users, ports and folders of their own, which closed pods would not fit. */
function containers(wish: KubernetesWish): string[] {
  return programsOf(wish).flatMap(({ place, container }) => {
    if (container === null) return [];
    const key = container.image === null ? 'dockerfile' : 'image';
    return [`${place}.${key}: not built yet for Kubernetes, where commands and static folders run`];
  });
}

function programsOf({ system }: KubernetesWish) {
  return [
    ...Object.values(system.services).map((each) => ({ place: `services.${each.name}`, ...each })),
    ...Object.values(system.jobs).map((each) => ({ place: `jobs.${each.name}`, ...each })),
  ];
}

function schedules({ system }: KubernetesWish): string[] {
  return Object.values(system.jobs).flatMap(({ name, schedule }) =>
    schedule === null || kubernetesCron(schedule.cron) !== null
      ? []
      : [
          `jobs.${name}.schedule: ${JSON.stringify(schedule.cron)} has words that a CronJob does not know; numbers, names, ranges and steps it does`,
        ],
  );
}

/** Prefixes are cut off everywhere: a way in that can't do it would answer differently. */
function prefixes({ system, options: { routing } }: KubernetesWish): string[] {
  const cut = system.routes.filter(({ prefix }) => prefix !== '/');
  if (routing.kind === 'node-port' || routing.kind === 'load-balancer')
    return cut.map(
      ({ host, prefix }) =>
        `routes.${host}${prefix}: with ${routing.kind} each service has a port of its own and no prefixes; use gateway-api, or ingress with a class`,
    );
  if (routing.kind !== 'ingress' || CUTTING_CLASSES.includes(routing.className ?? '')) return [];
  const which = routing.className === null ? 'of no named class' : `of class ${routing.className}`;
  return cut.map(
    ({ host, prefix }) =>
      `routes.${host}${prefix}: an Ingress ${which} can’t cut a prefix; use gateway-api, or the class ${CUTTING_CLASSES.join(' or ')}`,
  );
}

/** What a cluster does differently than the file says it, each with its place, for people. */
export function differences(wish: KubernetesWish): string[] {
  const { system, options } = wish;
  const processes = programsOf(wish)
    .filter(({ limits }) => limits.processes !== null)
    .map(({ place }) => `${place}.limits.processes: set for whole nodes there (podPidsLimit of the kubelet)`);
  const own = options.routing.kind === 'escale-gateway';
  return [...processes, ...(own ? [] : Object.values(system.services).flatMap(ofTheGateway))];
}

/** What only Escale's own gateway does. */
function ofTheGateway({ name, hold, responseTimeoutMs }: ResolvedService): string[] {
  const held = hold.timeoutMs !== DEFAULTS.hold.timeoutMs || hold.max !== DEFAULTS.hold.max;
  const waits = responseTimeoutMs !== DEFAULTS.responseTimeoutMs;
  return [
    ...(held ? [`services.${name}.hold: only Escale’s own gateway lets requests wait`] : []),
    ...(waits
      ? [
          `services.${name}.timeout: ${formatDuration(responseTimeoutMs)} is for Escale’s own gateway; set it at the cluster’s`,
        ]
      : []),
  ];
}
