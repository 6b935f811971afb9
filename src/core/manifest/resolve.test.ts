import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EscaleError } from '../errors/index.ts';
import type { SystemFile } from './file/schema.ts';
import { environmentsOf, resolveSystem } from './resolve.ts';

const MODEL: SystemFile = {
  name: 'tasks',
  services: {
    web: {
      source: './web/',
      command: `node server.ts --port \${PORT}`,
      port: true,
      replicas: 2,
      uses: ['api'],
      env: { A: '1', B: 2, C: true },
      health: { ready: '/readyz', interval: '500ms' },
      stop: { drain: '20s' },
      limits: { memory: '512MB', cpu: 0.5 },
    },
    api: { command: ['node', 'a b.ts'], port: true, volume: true },
    files: { static: { spa: true }, source: 'public' },
    worker: { command: 'node worker.ts', replicas: 0 },
  },
  routes: { 'Tasks.localhost': 'web', 'tasks.localhost/api/': 'api', 'files.localhost': 'files' },
  rollout: { surge: 2 },
  environments: {
    production: {
      services: {
        web: { replicas: 4, env: { B: 'x', D: '9' }, limits: { cpu: 2 }, health: { interval: '5s' } },
      },
      routes: { 'TASKS.localhost': 'Tasks.example.org' },
    },
  },
};

const DEFAULTS = {
  health: { ready: null, live: null, intervalMs: 2000, timeoutMs: 2000, failures: 3 },
  start: { deadlineMs: 30_000, stableMs: 1000 },
  stop: { drainMs: 30_000, websocketsMs: 30_000, graceMs: 10_000 },
  hold: { timeoutMs: 30_000, max: 1000 },
  responseTimeoutMs: 60_000,
  limits: { memoryBytes: null, cpu: null, processes: null, diskBytes: null },
};

test('a system for the local environment, whole', () => {
  assert.deepEqual(resolveSystem(MODEL), {
    name: 'tasks',
    environment: 'local',
    engine: 'process',
    target: null,
    services: {
      web: {
        ...DEFAULTS,
        name: 'web',
        source: 'web',
        command: ['node', 'server.ts', '--port', `\${PORT}`],
        container: null,
        static: null,
        port: true,
        replicas: 2,
        uses: ['api'],
        env: { A: '1', B: '2', C: 'true' },
        health: { ...DEFAULTS.health, ready: '/readyz', intervalMs: 500 },
        stop: { ...DEFAULTS.stop, drainMs: 20_000 },
        limits: { ...DEFAULTS.limits, memoryBytes: 512e6, cpu: 0.5 },
        volume: false,
        spread: null,
        scaling: null,
      },
      api: {
        ...DEFAULTS,
        name: 'api',
        source: '.',
        command: ['node', 'a b.ts'],
        container: null,
        static: null,
        port: true,
        replicas: 1,
        uses: [],
        env: {},
        volume: true,
        spread: null,
        scaling: null,
      },
      files: {
        ...DEFAULTS,
        name: 'files',
        source: 'public',
        command: [],
        container: null,
        static: { spa: true },
        port: true,
        replicas: 1,
        uses: [],
        env: {},
        volume: false,
        spread: null,
        scaling: null,
      },
      worker: {
        ...DEFAULTS,
        name: 'worker',
        source: '.',
        command: ['node', 'worker.ts'],
        container: null,
        static: null,
        port: false,
        replicas: 0,
        uses: [],
        env: {},
        volume: false,
        spread: null,
        scaling: null,
      },
    },
    jobs: {},
    resources: {},
    routes: [
      { host: 'tasks.localhost', prefix: '/', service: 'web' },
      { host: 'tasks.localhost', prefix: '/api', service: 'api' },
      { host: 'files.localhost', prefix: '/', service: 'files' },
    ],
    rollout: { strategy: 'rolling', surge: 2 },
  });
});

test('another environment changes what it says, key by key', () => {
  const { services, routes } = resolveSystem(MODEL, 'production');
  const web = services.web!;
  assert.equal(web.replicas, 4);
  assert.deepEqual(web.env, { A: '1', B: 'x', C: 'true', D: '9' });
  assert.deepEqual([web.limits.cpu, web.limits.memoryBytes], [2, 512e6]);
  assert.deepEqual([web.health.ready, web.health.intervalMs], ['/readyz', 5000]);
  assert.deepEqual(
    routes.map(({ host, prefix }) => host + prefix),
    ['tasks.example.org/', 'tasks.example.org/api', 'production.files.localhost/'],
  );
});

test('local, staging and production are always there, others are not', () => {
  assert.deepEqual(environmentsOf(MODEL), ['local', 'staging', 'production']);
  assert.throws(
    () => resolveSystem(MODEL, 'prodution'),
    (error) =>
      error instanceof EscaleError &&
      error.code === 'unknown-environment' &&
      error.next === 'Did you mean "production"?',
  );
  for (const name of ['constructor', '__proto__', ''])
    assert.throws(() => resolveSystem(MODEL, name), EscaleError);
});

test('a checked file is not changed by its resolution', () => {
  const before = structuredClone(MODEL);
  const resolved = resolveSystem(MODEL, 'production');
  resolved.services.web!.env.X = 'y';
  resolved.services.web!.uses.push('z');
  assert.deepEqual(MODEL, before);
});

test('jobs and resources, as written and as an environment changes them', () => {
  const model: SystemFile = {
    name: 'tasks',
    services: { api: { command: 'node server.ts', port: true, uses: ['db'] } },
    jobs: {
      migrate: { source: './api', command: 'node migrate.ts', before: 'deploy', uses: ['db'], env: { A: 1 } },
      clean: { command: ['node', 'clean.ts'], schedule: '@daily', overlap: true, limits: { memory: '64MB' } },
    },
    resources: { db: { type: 'postgres' } },
    environments: {
      production: {
        jobs: {
          migrate: { timeout: '1h', env: { B: 'b' } },
          clean: { schedule: '0 3 * * *', timeZone: 'Europe/Paris' },
        },
        resources: { db: { external: 'postgres://db.example.org/tasks' } },
      },
    },
  };
  const local = resolveSystem(model);
  const migrate = {
    name: 'migrate',
    source: 'api',
    command: ['node', 'migrate.ts'],
    container: null,
    uses: ['db'],
    env: { A: '1' },
    beforeDeploy: true,
    schedule: null,
    timeoutMs: 600_000,
    limits: { memoryBytes: null, cpu: null, processes: null, diskBytes: null },
  };
  const clean = {
    name: 'clean',
    source: '.',
    command: ['node', 'clean.ts'],
    container: null,
    uses: [],
    env: {},
    beforeDeploy: false,
    schedule: { cron: '@daily', timeZone: 'UTC', overlap: true },
    timeoutMs: 600_000,
    limits: { memoryBytes: 64e6, cpu: null, processes: null, diskBytes: null },
  };
  assert.deepEqual(local.jobs, { migrate, clean });
  assert.deepEqual(local.resources, { db: { name: 'db', type: 'postgres', external: null } });
  const production = resolveSystem(model, 'production');
  const schedule = { cron: '0 3 * * *', timeZone: 'Europe/Paris', overlap: true };
  assert.deepEqual(production.jobs, {
    migrate: { ...migrate, timeoutMs: 3_600_000, env: { A: '1', B: 'b' } },
    clean: { ...clean, schedule },
  });
  assert.equal(production.resources.db?.external, 'postgres://db.example.org/tasks');
});

test('a range of replicas: the fewest run, and who can chooses from it', () => {
  const web = { command: 'node a.ts', port: true, replicas: { min: 2, max: 6 } } as const;
  const one = resolveSystem({ name: 'x', services: { web } }).services.web!;
  assert.deepEqual([one.replicas, one.scaling], [2, { min: 2, max: 6, cpu: 0.7 }]);
  const environments = { production: { services: { web: { replicas: 3 } } } };
  const other = resolveSystem({ name: 'x', services: { web }, environments }, 'production').services.web!;
  assert.deepEqual([other.replicas, other.scaling], [3, null]);
});
