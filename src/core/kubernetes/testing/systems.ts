import type { SystemFile } from '../../manifest/index.ts';

export const HELLO: SystemFile = {
  name: 'hello',
  services: {
    web: {
      command: 'node server.ts',
      port: true,
      replicas: 3,
      env: { HELLO_COLOR: '#0f766e' },
      health: { ready: '/readyz', live: '/livez' },
      stop: { drain: '20s', websockets: '10s' },
    },
  },
  routes: { 'hello.localhost': 'web' },
};

const CALLABLE = { command: 'node server.ts', port: true, health: { ready: '/readyz' } } as const;

export const TASKS: SystemFile = {
  name: 'tasks',
  services: {
    web: { ...CALLABLE, source: './web', replicas: 2, uses: ['api', 'weather'] },
    api: { ...CALLABLE, source: './api', replicas: 2, uses: ['db'] },
    weather: { ...CALLABLE, source: './weather' },
  },
  jobs: { migrate: { source: './api', command: 'node migrate.ts', before: 'deploy', uses: ['db'] } },
  resources: { db: { type: 'postgres' } },
  routes: { 'tasks.localhost': 'web', 'tasks.localhost/api': 'api', 'weather.localhost': 'weather' },
};

/** Everything that a file may say, some of it twice. */
export const EVERYTHING: SystemFile = {
  name: 'shop',
  services: {
    site: { source: './site', static: { spa: true }, replicas: 2 },
    api: {
      ...CALLABLE,
      command: ['node', 'server.js', '--port', '${PORT}', "it's $(HOME) $$ $x"],
      uses: ['main', 'stats', 'old', 'images/resize', 'files'],
      env: {
        PRICE: '$(5) $$',
        TOKEN: '${secret.TOKEN}',
        HEADER: 'Bearer ${secret.TOKEN} $$ ${secret.SALT}',
        WORKERS: 2,
      },
      limits: { memory: '512MiB', cpu: 1.5, disk: '1GiB', processes: 100 },
      health: { ready: '/readyz?deep=1', live: '/livez', interval: '500ms', timeout: '1500ms', failures: 5 },
      start: { deadline: '90s' },
      stop: { drain: '5s', websockets: '1m', grace: '1500ms' },
      hold: { max: 10 },
      timeout: '5m',
    },
    files: { command: './files', port: true, volume: true },
    queue: { command: './worker', uses: ['api'], replicas: 3 },
    agent: { command: './agent', spread: 'every-node' },
    cache: { command: './cache', port: true, spread: 'every-node' },
    'default-deny': { command: './sleeps', replicas: 0 },
  },
  jobs: {
    migrate: {
      command: 'node migrate.js',
      before: 'deploy',
      schedule: '0 3 * * 1-5,7',
      timeZone: 'Europe/Paris',
      overlap: true,
      uses: ['main'],
    },
    clean: { command: 'node clean.js', schedule: '@daily', timeout: '1m', limits: { cpu: 0.01 } },
  },
  resources: {
    main: { type: 'postgres' },
    stats: { type: 'postgres', external: 'postgres://reader:${secret.STATS}@10.0.0.7:6432/stats' },
    old: { type: 'postgres', external: '${secret.OLD_URL}' },
    open: { type: 'postgres', external: 'postgres://db.example.org/open' },
  },
  routes: { 'shop.example.org': 'site', 'shop.example.org/a.b/c_d': 'api', '*.shop.example.org': 'api' },
};
