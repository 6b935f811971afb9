import {
  bindingVariable,
  fillCommand,
  type ResolvedJob,
  type ResolvedLimits,
  type ResolvedService,
  type ResolvedSystem,
  resourceBindings,
} from '../../manifest/index.ts';
import { NGINX, POSTGRES_IMAGE } from '../base-images.ts';
import { yamlText } from '../ci/yaml-text.ts';
import { type ImagesWish, renderDockerfiles } from '../dockerfile.ts';
import { dockerfilePath, imagesOf } from '../program-image.ts';
import { header, type RenderedFile } from '../rendered-file.ts';
import { routesConfig } from './routes-config.ts';
import { inCompose, withSecrets } from './variables.ts';

/** Where everything listens in its container. */
const PORT = 8000;
const ROUTER_PORT = 8080;
/** As the Dockerfiles have it. */
const ADDRESS = { host: '0.0.0.0', port: PORT };
/** Docker Compose, from the `deploy/<system>` that the file stands in. */
const TOP = '../..';

/**
 * The plain compose file of a system, with the Dockerfiles that it builds: what runs, in the same order and as closed as
 * with Escale. What compose has no word for (releases, drains, holding requests, backups) is not in it.
 */
export function renderCompose(wish: ImagesWish): RenderedFile[] {
  const { name } = wish.system;
  const text = header(`escale render compose ${wish.place}`) + NOTE + yamlText(composeOf(wish));
  return [{ path: `deploy/${name}/compose.yaml`, text }, ...renderDockerfiles(wish)];
}

const NOTE = `# docker compose --file <this file> up --build --wait. Secrets come from the environment, or from a file \`.env\` beside this one.
`;

function composeOf({ system }: ImagesWish): object {
  const services = Object.values(system.services);
  const databases = databasesOf(system);
  const volumes = [...databases, ...services.filter(({ volume }) => volume).map(({ name }) => name)];
  return {
    name: system.name,
    services: {
      ...Object.fromEntries(services.map((service) => [service.name, serviceOf(service, system)])),
      ...Object.fromEntries(migrationsOf(system).map((job) => [job.name, jobOf(job, system)])),
      ...Object.fromEntries(databases.map((database) => [database, databaseOf(database)])),
      ...(system.routes.length > 0 && { [routerName(system)]: routerOf(system) }),
    },
    ...(volumes.length > 0 && { volumes: Object.fromEntries(volumes.map((volume) => [volume, {}])) }),
    ...(system.routes.length > 0 && {
      configs: { routes: { content: inCompose(routesConfig(system, PORT)) } },
    }),
  };
}

function databasesOf({ resources }: ResolvedSystem): string[] {
  return Object.values(resources)
    .filter(({ external }) => external === null)
    .map(({ name }) => name);
}

/** Jobs on a schedule have no place in compose. */
function migrationsOf({ jobs }: ResolvedSystem): ResolvedJob[] {
  return Object.values(jobs).filter(({ beforeDeploy }) => beforeDeploy);
}

function serviceOf(service: ResolvedService, system: ResolvedSystem): object {
  const migrations = migrationsOf(system).filter(({ uses }) =>
    uses.some((use) => service.uses.includes(use)),
  );
  const after = migrations.map(({ name }) => [name, { condition: 'service_completed_successfully' }]);
  return {
    ...programOf(service, system),
    ...(service.static === null && { command: fillCommand(service.command, ADDRESS).map(inCompose) }),
    environment: environmentOf(service, system, service.volume ? { DATA_DIR: '/data' } : {}),
    ...dependsOn([...databasesUsed(service, system), ...after]),
    ...(service.volume && { volumes: [`${service.name}:/data`] }),
    restart: 'unless-stopped',
    stop_grace_period: `${Math.ceil((service.stop.drainMs + service.stop.graceMs) / 1000)}s`,
    ...(service.replicas !== 1 && { deploy: { replicas: service.replicas } }),
  };
}

function jobOf(job: ResolvedJob, system: ResolvedSystem): object {
  return {
    ...programOf(job, system),
    command: fillCommand(job.command, ADDRESS).map(inCompose),
    environment: environmentOf(job, system),
    ...dependsOn(databasesUsed(job, system)),
    restart: 'no',
  };
}

type Program = Pick<ResolvedService | ResolvedJob, 'name' | 'source' | 'uses' | 'env' | 'limits'>;

function programOf({ name, limits }: Program, system: ResolvedSystem): object {
  const image = imagesOf(system).find(({ programs }) => programs.some((program) => program.name === name))!;
  return {
    build: { context: TOP, dockerfile: dockerfilePath(system.name, image.name) },
    init: true,
    read_only: true,
    tmpfs: [`/tmp:size=${limits.diskBytes ?? 256 << 20}`],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    ...limitsOf(limits),
  };
}

function limitsOf({ memoryBytes, cpu, processes }: ResolvedLimits): object {
  return {
    ...(memoryBytes !== null && { mem_limit: memoryBytes, memswap_limit: memoryBytes }),
    ...(cpu !== null && { cpus: cpu }),
    pids_limit: processes ?? 4096,
  };
}

function environmentOf(program: Program, system: ResolvedSystem, more: Record<string, string> = {}): object {
  const { uses, env } = program;
  const own = Object.entries(env).map(([name, text]) => [name, withSecrets(text)]);
  const services = uses
    .filter((use) => Object.hasOwn(system.services, use))
    .map((use) => [bindingVariable(use), `http://${use}:${PORT}`]);
  const types = Object.fromEntries(Object.values(system.resources).map(({ name, type }) => [name, type]));
  const databases = resourceBindings(uses, types).map(({ resource, prefix }) => [
    `${prefix}DATABASE_URL`,
    addressOf(system, resource),
  ]);
  return { ...Object.fromEntries([...own, ...services, ...databases]), ...more };
}

function addressOf({ resources }: ResolvedSystem, name: string): string {
  const { external } = resources[name]!;
  if (external !== null) return withSecrets(external);
  return `postgres://postgres:\${${passwordOf(name)}:?}@${name}:5432/postgres`;
}

function passwordOf(database: string): string {
  return `${database.toUpperCase().replaceAll('-', '_')}_PASSWORD`;
}

function databasesUsed({ uses }: Program, system: ResolvedSystem): [string, object][] {
  return databasesOf(system)
    .filter((name) => uses.includes(name))
    .map((name) => [name, { condition: 'service_healthy' }]);
}

function dependsOn(entries: (string | object)[][]): object {
  return entries.length === 0 ? {} : { depends_on: Object.fromEntries(entries) };
}

function databaseOf(name: string): object {
  return {
    image: POSTGRES_IMAGE,
    environment: { POSTGRES_PASSWORD: `\${${passwordOf(name)}:?}` },
    volumes: [`${name}:/var/lib/postgresql`],
    healthcheck: {
      test: ['CMD', 'pg_isready', '-U', 'postgres'],
      interval: '2s',
      timeout: '5s',
      retries: 30,
    },
    restart: 'unless-stopped',
    stop_signal: 'SIGINT',
    stop_grace_period: '60s',
  };
}

/** A name that no part of the system has. */
function routerName({ services, jobs, resources }: ResolvedSystem): string {
  const taken = [services, jobs, resources].flatMap((parts) => Object.keys(parts));
  let name = 'router';
  while (taken.includes(name)) name = `${name}-1`;
  return name;
}

function routerOf({ routes }: ResolvedSystem): object {
  const services = [...new Set(routes.map(({ service }) => service))];
  return {
    image: `${NGINX.image}:${NGINX.tag}`,
    configs: [{ source: 'routes', target: '/etc/nginx/conf.d/default.conf' }],
    ports: [`127.0.0.1:\${HTTP_PORT:-${ROUTER_PORT}}:${ROUTER_PORT}`],
    ...dependsOn(services.map((service) => [service, { condition: 'service_started' }])),
    restart: 'unless-stopped',
  };
}
