import { defineSystem } from 'escale';

export default defineSystem({
  name: 'hello',
  services: {
    web: {
      source: '.',
      command: 'node server.ts',
      port: true,
      replicas: 3,
      env: { HELLO_COLOR: '#0f766e' },
      health: { ready: '/readyz', live: '/livez' },
      stop: { drain: '20s', websockets: '10s' },
    },
  },
  routes: { 'hello.localhost': 'web' },
  pipeline: { test: "node --test '*.test.ts' 'routes/**/*.test.ts'" },
  environments: {
    production: {
      services: { web: { env: { WORKERS: '4', HELLO_COLOR: '#2563eb' } } },
    },
  },
});
