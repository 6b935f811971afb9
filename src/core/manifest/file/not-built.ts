/** Keys of the design that this version knows and refuses, with what they will be. Never ignored, never "unknown". */
const SYSTEM = {
  secrets: 'a list of secrets; write `${secret.NAME}` where one is used',
  drills: 'drills',
  alerts: 'alerts',
  telemetry: 'settings of telemetry',
  backup: 'backups',
  domains: 'domains',
  tls: 'certificates',
  image: 'one image for all services',
  dockerfile: 'one image for all services',
  spread: 'spreading over machines',
};

const SERVICE = {
  secrets: 'a list of secrets; write `${secret.NAME}` where one is used',
  telemetry: 'settings of telemetry',
  alerts: 'alerts',
  backup: 'backups',
  domains: 'domains',
  tls: 'certificates',
  pipeline: 'the pipeline',
  rollout: 'a rollout of its own for a service',
};

const JOB = {
  secrets: 'a list of secrets; write `${secret.NAME}` where one is used',
  alerts: 'alerts',
};

const RESOURCE = {
  backup: 'scheduled backups (`escale backup` makes one)',
  version: 'choosing a version; `external` names a server of your own',
  image: 'a server in a container; `external` names one of your own',
  replicas: 'replicas of databases',
  limits: 'limits of resources',
  alerts: 'alerts',
};

const LATER_TYPES: Record<string, string> = {
  queue: 'queues',
  stream: 'streams',
  bucket: 'buckets',
};

const ROLLOUT = { steps: 'canary steps', bake: 'the bake window', abort: 'rules to abort' };

const ENVIRONMENT = {
  pipeline: 'a pipeline of its own for an environment',
  secrets: 'a list of secrets; write `${secret.NAME}` where one is used',
  rollout: 'a rollout of its own for an environment',
  tls: 'certificates',
  domains: 'domains',
  alerts: 'alerts',
  backup: 'backups',
  telemetry: 'settings of telemetry',
};

const STRATEGIES = ['canary', 'blue-green'];

/** What a key at a place will be once it is built; null when it is not a key of a later version. */
export function laterKey(parent: readonly string[], key: string): string | null {
  const keys: Record<string, string> | null = laterKeysAt(parent);
  return keys === null ? null : own(keys, key);
}

function laterKeysAt(parent: readonly string[]): Record<string, string> | null {
  if (parent.length === 0) return SYSTEM;
  if (parent.length === 1) return parent[0] === 'rollout' ? ROLLOUT : null;
  if (parent.length === 2)
    return keysOfPart(parent[0]!) ?? (parent[0] === 'environments' ? ENVIRONMENT : null);
  return parent.length === 4 && parent[0] === 'environments' ? keysOfPart(parent[2]!) : null;
}

function keysOfPart(part: string): Record<string, string> | null {
  return own({ services: SERVICE, jobs: JOB, resources: RESOURCE }, part);
}

/** What a value at a place will be once it is built: `strategy: canary`, `type: queue`; else null. */
export function laterValue(path: readonly string[], value: unknown): string | null {
  const key = path.at(-1);
  if (key === 'type' && path[0] === 'resources' && path.length === 3 && typeof value === 'string')
    return own(LATER_TYPES, value);
  if (key === 'strategy' && STRATEGIES.includes(value as string)) return `the strategy ${value}`;
  if (key === 'target' && path[0] === 'environments' && path.length === 3 && value === 'kubernetes')
    return 'clusters as targets';
  return null;
}

function own<Value>(map: Record<string, Value>, key: string): Value | null {
  return Object.hasOwn(map, key) ? map[key]! : null;
}
