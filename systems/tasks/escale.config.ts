import { defineSystem } from 'escale';

export default defineSystem({
  name: 'tasks',
  services: {
    web: {
      source: './web',
      command: 'node server.ts',
      port: true,
      replicas: 2,
      uses: ['api', 'weather'],
      health: { ready: '/readyz', live: '/livez' },
      stop: { drain: '20s' },
    },
    api: {
      source: './api',
      command: 'node server.ts',
      port: true,
      replicas: 2,
      uses: ['db'],
      health: { ready: '/readyz', live: '/livez' },
      stop: { drain: '20s' },
    },
    weather: {
      source: './weather',
      command: 'node server.ts',
      port: true,
      health: { ready: '/readyz', live: '/livez' },
      stop: { drain: '20s' },
    },
  },
  jobs: { migrate: { source: './api', command: 'node migrate.ts', before: 'deploy', uses: ['db'] } },
  resources: { db: { type: 'postgres' } },
  pipeline: {
    test: { source: './api', command: 'node --test todo-backend.test.ts hostile.test.ts', uses: ['db'] },
    weather: { source: './weather', command: 'node --test', needs: [] },
    web: { source: './web', command: 'node --test web.test.ts', needs: [] },
  },
  routes: { 'tasks.localhost': 'web', 'tasks.localhost/api': 'api', 'weather.localhost': 'weather' },
});
