import path from 'node:path';
import { EscaleError } from '../core/errors/index.ts';
import {
  Contexts,
  type ControlPlaneClient,
  connectRemote,
  joinLocal,
  localSetting,
  type Overview,
  PAGES_HOST,
  type SystemView,
  startLocal,
  stopLocalIfIdle,
  webAddress,
} from '../server/index.ts';

/** `hello` or `hello/web`, as people write it. */
export interface Target {
  system: SystemView;
  /** Name of a service, resource or job; null: all of the system. */
  service: string | null;
}

/** The control plane that a command speaks to: of this host, or of the chosen context. */
export interface Joined {
  client: ControlPlaneClient;
  /** Where its pages are. */
  url: string;
}

/** The chosen one; null when that is this host and nothing runs here. */
export async function join(): Promise<Joined | null> {
  const context = new Contexts().chosen();
  if (context !== null) return { client: connectRemote(context), url: context.url };
  const escale = await joinLocal();
  return escale && { client: escale.client, url: localAddress() };
}

/** The chosen one; an error that says how to start it when nothing runs here. */
export async function mustJoin(): Promise<Joined> {
  const escale = await join();
  if (escale !== null) return escale;
  throw new EscaleError('not-running', 'Escale is not running here', {
    next: 'Start a system: `escale up` in its folder (or `npm start` in a clone of Escale).',
  });
}

/** The chosen one; the one of this host is started for it where it does not run, and stopped again. */
export async function withEscale<T>(work: (joined: Joined) => Promise<T>): Promise<T> {
  const joined = await join();
  if (joined !== null) return work(joined);
  const escale = await startLocal();
  try {
    return await work({ client: escale.client, url: localAddress() });
  } finally {
    if (escale.started) await stopLocalIfIdle(escale);
  }
}

/** Refuses a command that needs this host, where a context says otherwise. */
export function mustBeHere(command: string): void {
  const context = new Contexts().chosen();
  if (context === null) return;
  throw new EscaleError(
    'context-elsewhere',
    `\`escale ${command}\` works with this host, and the context ${context.name} is elsewhere (${context.url})`,
  );
}

/** Where the live page of this host is. */
export function localAddress(): string {
  const { httpPort } = localSetting();
  return webAddress(PAGES_HOST, httpPort);
}

/**
 * Finds what `hello`, `hello/web` or, inside a system's folder, `web` or nothing means. Without a folder's help
 * the only system that is there is meant.
 */
export async function findTarget(
  word: string | undefined,
  overview: Overview,
  environment: string,
): Promise<Target> {
  const [first, second] = (word ?? '').split('/', 2);
  const here = overview.systems.filter((system) => system.environment === environment);
  const named = here.find((system) => system.name === first);
  if (named !== undefined) return { system: named, service: second ?? null };
  const system = await systemHere(here);
  if (system !== null && !word) return { system, service: null };
  if (system !== null && second === undefined && namesOf(system).includes(first!))
    return { system, service: first! };
  throw elsewhere(first!, overview, environment) ?? unknown(word, here);
}

/** Services, resources and jobs: all of their names are different. */
function namesOf({ services, resources, jobs }: SystemView): string[] {
  return [...services, ...resources, ...jobs].map(({ name }) => name);
}

async function systemHere(systems: SystemView[]): Promise<SystemView | null> {
  const name = await nameOfFolder(process.cwd());
  const found = systems.find((system) => system.name === name);
  return found ?? (systems.length === 1 ? systems[0]! : null);
}

/** The name in a folder's file; null when there is no file, or a wrong one. */
export async function nameOfFolder(folder: string): Promise<string | null> {
  // Reading files is half of what a command could load, and most of them read none.
  const { loadSystem } = await import('../delivery/index.ts');
  return loadSystem({ folder }).then(
    ({ model }) => model.name,
    () => null,
  );
}

/** It is there, but in other environments. */
function elsewhere(name: string, { systems }: Overview, environment: string): EscaleError | null {
  const others = systems.filter((system) => system.name === name).map((system) => system.environment);
  if (others.length === 0) return null;
  return new EscaleError('system-unknown', `${name} is not in ${environment}`, {
    next: `It is in ${others.join(' and ')}: add \`-e ${others[0]}\`.`,
  });
}

function unknown(word: string | undefined, systems: SystemView[]): EscaleError {
  const known = systems.map(({ name }) => name).join(', ');
  return new EscaleError(
    word === undefined || word === '' ? 'system-unnamed' : 'system-unknown',
    word ? `there is no system or part of one "${word}" here` : 'which system?',
    { next: known === '' ? 'None was delivered yet: `escale up` in a folder.' : `Name one of: ${known}.` },
  );
}

/** The folder that a word or the current folder means, absolute. */
export function folderOf(word: string | undefined): string {
  return path.resolve(word ?? '.');
}
