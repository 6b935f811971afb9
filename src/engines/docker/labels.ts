import type { InstanceRecord, InstanceRole } from '../../core/contracts/index.ts';

const ROLES: InstanceRole[] = ['service', 'resource', 'job'];

/** What everything that Escale makes in Docker carries: whose it is. */
export function ownerLabel(owner: string): Record<string, string> {
  return { 'escale.owner': owner };
}

/** What tells an instance's container from all others, for ever: its identity is in Docker, and nowhere else. */
export function labelsOf(record: InstanceRecord, owner: string): Record<string, string> {
  const { id, system, environment, service, role, run, release, rollout, port, startedAt } = record;
  return {
    ...ownerLabel(owner),
    'escale.instance': id,
    'escale.system': system,
    'escale.environment': environment,
    'escale.service': service,
    'escale.role': role,
    'escale.release': String(release),
    'escale.rollout': String(rollout),
    'escale.started-at': String(startedAt),
    ...(run !== null && { 'escale.run': run }),
    ...(port !== null && { 'escale.port': String(port) }),
  };
}

/** The instance that labels describe; null where they are not those of one. */
export function recordOf(labels: Record<string, string>): InstanceRecord | null {
  const role = ROLES.find((each) => each === labels['escale.role']);
  const [id, system, environment, service] = ['instance', 'system', 'environment', 'service'].map(
    (name) => labels[`escale.${name}`],
  );
  if (!id || !system || !environment || !service || role === undefined) return null;
  const port = labels['escale.port'];
  return {
    ...{ id, system, environment, service, role },
    run: labels['escale.run'] ?? null,
    release: Number(labels['escale.release'] ?? 0),
    rollout: Number(labels['escale.rollout'] ?? 0),
    port: port === undefined ? null : Number(port),
    startedAt: Number(labels['escale.started-at'] ?? 0),
    pid: null,
  };
}
