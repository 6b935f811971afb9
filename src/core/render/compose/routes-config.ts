import type { ResolvedRoute, ResolvedService, ResolvedSystem } from '../../manifest/index.ts';

/** Where Docker answers for the names of services. */
const RESOLVER = '127.0.0.11';

/** The routes of a system for nginx: the longest prefix wins, is cut off and told, as Escale's gateway does it. */
export function routesConfig(
  { routes, services }: ResolvedSystem,
  portOf: (service: ResolvedService) => number,
): string {
  const port = (service: string) => portOf(services[service]!);
  const hosts = [...new Set(routes.map(({ host }) => host))];
  const servers = hosts.map((host) => serverOf(host, { routes, port }));
  return [`server { listen 8080 default_server; return 404; }\n`, UPGRADE, ...servers].join('');
}

const UPGRADE = `map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
`;

type PortOf = (service: string) => number;

function serverOf(host: string, { routes, port }: { routes: ResolvedRoute[]; port: PortOf }): string {
  const own = routes.filter((route) => route.host === host);
  const locations = own.flatMap((route) => locationsOf(route, port));
  return `server {
  listen 8080;
  server_name ${host};
  resolver ${RESOLVER} valid=2s;
  client_max_body_size 0;
  proxy_http_version 1.1;
  proxy_buffering off;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Host $http_host;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
${locations.join('')}}
`;
}

/** A prefix is cut on whole segments: `/api` and `/api/…`, not `/apis`. */
function locationsOf({ prefix, service }: ResolvedRoute, port: PortOf): string[] {
  const target = `set $target http://${service}:${port(service)};`;
  if (prefix === '/') return [`  location / { ${target} proxy_pass $target; }\n`];
  const cut = `rewrite ^${prefix}/?(.*)$ /$1 break;`;
  // A header set here hides those above: they stand in both.
  const told = `proxy_set_header X-Forwarded-Prefix ${prefix};`;
  const headers = `proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;`;
  return [`= ${prefix}`, `${prefix}/`].map(
    (where) => `  location ${where} { ${target} ${headers} ${told} ${cut} proxy_pass $target; }\n`,
  );
}
