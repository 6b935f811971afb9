import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface BenchPlace {
  folder: string;
  port: number;
  backendPort: number;
}

/** A proxy under test: how its files are written and which command runs it in the foreground. */
export interface ProxyUnderTest {
  name: string;
  /** Program that must be installed; empty for Escale's own. */
  program: string;
  command(place: BenchPlace): string[];
}

export const HOST = 'bench.localhost';

/** One core each, kept-alive connections to the backend, health checks where the proxy has them; an access log only
 * for Escale and `haproxy-log` (which writes to memory that a file backs). */
export const PROXIES: ProxyUnderTest[] = [
  {
    name: 'escale',
    program: '',
    command: ({ folder, port }) => {
      const entry = join(import.meta.dirname, 'process.ts');
      // As in a system: with so little garbage a larger young generation is no quicker, only larger.
      const flags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'];
      return [process.execPath, ...flags, entry, folder, String(port)];
    },
  },
  {
    name: 'haproxy',
    program: 'haproxy',
    command: (place) => ['haproxy', '-db', '-f', written(place, 'haproxy.cfg', haproxyConfig(place))],
  },
  {
    name: 'haproxy-log',
    program: 'haproxy',
    command: (place) => [
      'haproxy',
      '-db',
      '-f',
      written(place, 'haproxy-log.cfg', haproxyConfig(place, true)),
    ],
  },
  {
    name: 'nginx',
    program: 'nginx',
    command: (place) => [
      'nginx',
      '-e',
      '/dev/null',
      '-c',
      written(place, 'nginx.conf', nginxProxyConfig(place)),
    ],
  },
  {
    name: 'caddy',
    program: 'caddy',
    command: (place) => ['caddy', 'run', '--config', written(place, 'caddy.json', caddyConfig(place))],
  },
];

/** The backend: nginx answering from memory (1 KB) and from the page cache (100 KB). */
export function backendCommand(place: BenchPlace): string[] {
  writeFileSync(join(place.folder, '100k'), Buffer.alloc(100 * 1024, 'x'));
  const server = `server { listen 127.0.0.1:${place.backendPort} backlog=4096 reuseport; keepalive_requests 100000000;
    location /1k { default_type text/plain; return 200 "${'x'.repeat(1024)}"; }
    location /100k { default_type text/plain; alias ${join(place.folder, '100k')}; } }`;
  return [
    'nginx',
    '-e',
    '/dev/null',
    '-c',
    written(place, 'backend.conf', nginxConfig(place, 'backend', server)),
  ];
}

function written({ folder }: BenchPlace, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function haproxyConfig({ folder, port, backendPort }: BenchPlace, logs = false): string {
  const ring = `ring log\n  format raw\n  maxlen 1200\n  size 1048576\n  backing-file ${join(folder, 'haproxy.log')}\n`;
  return `${logs ? ring : ''}global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
  http-reuse always
  option forwardfor
  ${logs ? 'log ring@log local0\n  option httplog' : ''}
frontend in
  bind 127.0.0.1:${port}
  default_backend out
backend out
  option httpchk GET /1k
  server one 127.0.0.1:${backendPort} check inter 1s
`;
}

function nginxProxyConfig(place: BenchPlace): string {
  return nginxConfig(
    place,
    'proxy',
    `upstream out { server 127.0.0.1:${place.backendPort}; keepalive 128; keepalive_requests 100000000; }
  server { listen 127.0.0.1:${place.port} backlog=4096; keepalive_requests 100000000;
    location / { proxy_pass http://out; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; } }`,
  );
}

function nginxConfig({ folder }: BenchPlace, name: string, http: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(folder, `${name}-${kind}`)};`)
    .join(' ');
  return `daemon off; user root; worker_processes 1; master_process off; pid ${join(folder, `${name}.pid`)}; error_log /dev/null;
events { worker_connections 4096; }
http { access_log off; sendfile on; tcp_nodelay on; ${temporary}
  ${http}
}
`;
}

function caddyConfig({ port, backendPort }: BenchPlace): string {
  const logging = { logs: { default: { level: 'ERROR' } } };
  const checks = { active: { uri: '/1k', interval: '1s' } };
  const handler = {
    handler: 'reverse_proxy',
    upstreams: [{ dial: `127.0.0.1:${backendPort}` }],
    health_checks: checks,
  };
  const server = {
    listen: [`127.0.0.1:${port}`],
    automatic_https: { disable: true },
    routes: [{ handle: [handler] }],
  };
  return JSON.stringify({
    logging,
    admin: { disabled: true },
    apps: { http: { servers: { bench: server } } },
  });
}
