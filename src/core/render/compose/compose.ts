import { OWN_IMAGE_CAPABILITIES } from '../../image/index.ts';
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
import { buildOf, imagesOf } from '../program-image.ts';
import { header, type RenderedFile } from '../rendered-file.ts';
import { routesConfig } from './routes-config.ts';
import { inCompose, withSecrets } from './variables.ts';

/** Where everything listens in its container. */
const PORT = 8000;
const ROUTER_PORT = 8080;
const HOST = '0.0.0.0';
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

function composeOf(wish: ImagesWish): object {
  const { system } = wish;
  const services = Object.values(system.services);
  const databases = databasesOf(system);
  const volumes = [...databases, ...services.filter(({ volume }) => volume).map(({ name }) => name)];
  return {
    name: system.name,
    services: {
      ...Object.fromEntries(services.map((service) => [service.name, serviceOf(service, wish)])),
      ...Object.fromEntries(migrationsOf(system).map((job) => [job.name, jobOf(job, wish)])),
      ...Object.fromEntries(databases.map((database) => [database, databaseOf(database)])),
      ...(system.routes.length > 0 && { [routerName(system)]: routerOf(system) }),
    },
    ...(volumes.length > 0 && { volumes: Object.fromEntries(volumes.map((volume) => [volume, {}])) }),
    ...(system.routes.length > 0 && {
      configs: { routes: { content: inCompose(routesConfig(system, portOf)) } },
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

/** Where a service listens: containers may have a port of their own. */
function portOf({ container }: Pick<ResolvedService, 'container'>): number {
  return container?.port ?? PORT;
}

function dataOf({ volume, container }: ResolvedService): string | null {
  return volume ? (container?.volume ?? '/data') : null;
}

function serviceOf(service: ResolvedService, wish: ImagesWish): object {
  const { system } = wish;
  const data = dataOf(service);
  const migrations = migrationsOf(system).filter(({ uses }) =>
    uses.some((use) => service.uses.includes(use)),
  );
  const after = migrations.map(({ name }) => [name, { condition: 'service_completed_successfully' }]);
  return {
    ...programOf(service, wish),
    ...commandOf(service),
    // nginx writes there what it makes of its template.
    ...(service.static !== null && { tmpfs: [temporary(service.limits), '/etc/nginx/conf.d'] }),
    environment: environmentOf(service, system, {
      // Escale's own images say so themselves.
      ...(service.container !== null && service.port && { HOST, PORT: String(portOf(service)) }),
      ...(data !== null && { DATA_DIR: data }),
    }),
    ...dependsOn([...databasesUsed(service, system), ...after]),
    ...(data !== null && { volumes: [`${service.name}:${inCompose(data)}`] }),
    restart: 'unless-stopped',
    stop_grace_period: `${Math.ceil((service.stop.drainMs + service.stop.graceMs) / 1000)}s`,
    ...(service.replicas !== 1 && { deploy: { replicas: service.replicas } }),
  };
}

/** Where it says none, the image's own. */
function commandOf({ command, container }: Pick<ResolvedService, 'command' | 'container'>): object {
  const words = fillCommand(command, { host: HOST, port: portOf({ container }) });
  return words.length === 0 ? {} : { command: words.map(inCompose) };
}

function jobOf(job: ResolvedJob, wish: ImagesWish): object {
  const { system } = wish;
  return {
    ...programOf(job, wish),
    ...commandOf(job),
    environment: environmentOf(job, system),
    ...dependsOn(databasesUsed(job, system)),
    restart: 'no',
  };
}

type Program = Pick<
  ResolvedService | ResolvedJob,
  'name' | 'source' | 'uses' | 'env' | 'limits' | 'container'
>;

function programOf(program: Program, wish: ImagesWish): object {
  const { limits, container } = program;
  return {
    ...imageOf(program, wish),
    ...(container === null && { init: true, read_only: true }),
    tmpfs: [temporary(limits)],
    cap_drop: ['ALL'],
    ...(container !== null && { cap_add: OWN_IMAGE_CAPABILITIES }),
    security_opt: ['no-new-privileges:true'],
    ...limitsOf(limits),
  };
}

function imageOf({ name, container }: Program, wish: ImagesWish): object {
  if (container !== null && container.image !== null) return { image: container.image };
  const all = imagesOf(wish.system);
  const image = all.find(({ programs }) => programs.some((program) => program.name === name))!;
  const { file, context } = buildOf(image, wish);
  const inside = context === '.' ? file : file.slice(context.length + 1);
  return {
    build: { context: context === '.' ? TOP : `${TOP}/${inCompose(context)}`, dockerfile: inCompose(inside) },
  };
}

function temporary({ diskBytes }: ResolvedLimits): string {
  return `/tmp:size=${diskBytes ?? 256 << 20}`;
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
    .map((use) => [bindingVariable(use), `http://${use}:${portOf(system.services[use]!)}`]);
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
