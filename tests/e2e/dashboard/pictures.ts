import type {
  CallView,
  HostView,
  InstanceView,
  JobView,
  Overview,
  ReleaseView,
  ResourceView,
  RolloutView,
  RowsAnswer,
  RunView,
  ServiceView,
  SystemView,
  TablesAnswer,
} from '../../../src/server/api/types.ts';

type StoredEvent = Overview['events'][number];

const MINUTE = 60_000;

export function instance(id: string, more: Partial<InstanceView> = {}): InstanceView {
  return {
    id,
    state: 'ready',
    reason: '',
    release: 4,
    pid: 4100,
    port: 20_001,
    startedAt: Date.now() - 42 * MINUTE,
    memoryBytes: 58_300_000,
    cpu: 0.034,
    requests: 12_840,
    ...more,
  };
}

export function service(name: string, more: Partial<ServiceView> = {}): ServiceView {
  const instances = more.instances ?? [];
  return {
    name,
    addresses: [],
    internalUrl: null,
    wanted: instances.length,
    ready: instances.filter(({ state }) => state === 'ready').length,
    probed: true,
    requests: 0,
    errors: 0,
    held: 0,
    lastPauseMs: null,
    lastFailure: null,
    backoffMs: null,
    waitsFor: null,
    instances,
    ...more,
  };
}

export function resource(name: string, more: Partial<ResourceView> = {}): ResourceView {
  return {
    ...{ name, type: 'postgres', external: false, state: 'ready', reason: '', usedBy: ['api', 'migrate'] },
    ...{ instance: `tasks-${name}-4k2m`, pid: 4200, port: 20_100 },
    ...{ sizeBytes: 48_200_000, memoryBytes: 31_000_000, cpu: 0.012, startedAt: Date.now() - 42 * MINUTE },
    ...more,
  };
}

export function job(name: string, more: Partial<JobView> = {}): JobView {
  return { name, beforeDeploy: false, schedule: null, nextAt: null, runs: [], ...more };
}

export function run(id: string, more: Partial<RunView> = {}): RunView {
  const startedAt = Date.now() - 3 * 60 * MINUTE;
  return {
    ...{ id, release: 4, cause: 'schedule', dueAt: startedAt, startedAt, endedAt: startedAt + 2300 },
    ...{ state: 'succeeded', reason: 'exited with code 0', exitCode: 0, instance: `tasks-job-${id}` },
    ...more,
  };
}

export function call(from: string, to: string, more: Partial<CallView> = {}): CallView {
  return { from, to, kind: 'service', problem: null, ...more };
}

export function release(number: number, more: Partial<ReleaseView> = {}): ReleaseView {
  const commit = 'c0ffee1d2b5a4e3f9c8b7a6d5e4f30211223344'.slice(number);
  return {
    number,
    commit,
    dev: false,
    createdAt: Date.now() - (9 - number) * 53 * MINUTE,
    current: false,
    ...more,
  };
}

export function rollout(id: number, more: Partial<RolloutView> = {}): RolloutView {
  const startedAt = Date.now() - (9 - id) * 50 * MINUTE;
  return {
    ...{ id, kind: 'deploy', fromRelease: id - 1, toRelease: id, state: 'promoted', reason: '' },
    ...{ startedAt, endedAt: startedAt + 1840, done: 9, of: 9 },
    ...more,
  };
}

export function event(id: number, more: Partial<StoredEvent> = {}): StoredEvent {
  return {
    ...{
      id,
      at: Date.now() - 1000 * (40 - id),
      type: 'instance-ready',
      system: 'hello',
      environment: 'local',
    },
    ...{ service: 'web', instance: 'hello-web-k3f9', release: 4, message: 'ready after 412 ms' },
    ...more,
  };
}

export function host(more: Partial<HostView> = {}): HostView {
  return {
    capabilities: { limits: 'cgroup v2', user: 'another user for each system' },
    gateway: { connected: true, pid: 4001, problem: null },
    supervisor: { connected: true },
    httpPort: 8080,
    version: '0.1.0',
    ...more,
  };
}

export function system(name: string, more: Partial<SystemView> = {}): SystemView {
  return {
    name,
    environment: 'local',
    target: null,
    folder: `~/code/${name}`,
    up: true,
    state: 'ready',
    release: 4,
    services: [],
    resources: [],
    jobs: [],
    calls: [],
    releases: [release(4, { current: true }), release(3), release(2)],
    drift: { found: [], repaired: false },
    rollouts: [rollout(4), rollout(3), rollout(2)],
    ...more,
  };
}

/** `hello` with three instances of one probed service. */
export function hello(more: Partial<ServiceView> = {}): SystemView {
  const instances = ['k3f9', 'p7qa', 'x2mt'].map((suffix, index) =>
    instance(`hello-web-${suffix}`, {
      pid: 4100 + index,
      port: 20_001 + index,
      requests: 12_840 - index * 31,
    }),
  );
  return system('hello', {
    services: [
      service('web', {
        ...{ addresses: ['http://hello.localhost:8080/'], internalUrl: 'http://127.0.0.1:21001', instances },
        ...{ requests: 38_427, errors: 0 },
        ...more,
      }),
    ],
  });
}

/** `tasks`: services that call each other, a database, and jobs; `more` changes what is needed. */
export function tasks(more: Partial<SystemView> = {}): SystemView {
  const services = ['web', 'api', 'weather'].map((name) =>
    service(name, {
      instances: [instance(`tasks-${name}-k3f9`)],
      addresses: name === 'web' ? ['http://tasks.localhost:8080/'] : [],
      internalUrl: 'http://127.0.0.1:21001',
    }),
  );
  const schedule = { cron: '0 3 * * *', timeZone: 'Europe/Paris', overlap: false };
  return system('tasks', {
    services,
    resources: [resource('db')],
    jobs: [
      job('migrate', { beforeDeploy: true, runs: [run('m1', { cause: 'deploy' })] }),
      job('tidy', { schedule, nextAt: Date.now() + 5 * 60 * MINUTE, runs: [run('t2'), run('t1')] }),
    ],
    calls: [
      call('web', 'api'),
      call('web', 'weather'),
      call('api', 'db', { kind: 'resource' }),
      call('migrate', 'db', { kind: 'resource' }),
    ],
    ...more,
  });
}

export function picture(more: Partial<Overview> = {}): Overview {
  const nothing = { targets: [], events: [], pipelines: [], approvals: [] };
  return { at: Date.now(), systems: [hello()], host: host(), ...nothing, ...more };
}

export function table(name: string, more: Partial<TablesAnswer[number]> = {}): TablesAnswer[number] {
  return {
    ...{ schema: 'public', name, kind: 'table', rows: 1204, bytes: 98_304 },
    columns: [
      { name: 'id', type: 'integer', nullable: false, default: null, key: true },
      { name: 'title', type: 'text', nullable: false, default: "''::text", key: false },
      { name: 'due', type: 'date', nullable: true, default: null, key: false },
    ],
    ...more,
  };
}

/** Rows of `table`, from number `offset` + 1 on. */
export function rows(offset: number, count: number, more: Partial<RowsAnswer> = {}): RowsAnswer {
  return {
    columns: table('todos').columns.map(({ name, type }) => ({ name, type })),
    rows: Array.from({ length: count }, (_, index) => [
      String(offset + index + 1),
      `task ${offset + index + 1}`,
      index % 3 === 0 ? null : '2026-11-26',
    ]),
    ...{ command: `SELECT ${count}`, truncated: false, tookMs: 1.4 },
    ...more,
  };
}
