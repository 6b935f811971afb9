import {
  type DatabaseRoute,
  hashOf as databaseHash,
  nameOf as databaseName,
  routeOf as databaseOf,
} from './database-route.ts';

/** What is looked at; the address of the page says it, so Back and a reload keep the place. */
export type Route =
  | { view: 'systems' }
  | { view: 'system'; system: string }
  | { view: 'release'; system: string; release: number; since: number | null }
  | { view: 'pipelines'; system: string | null }
  | { view: 'run'; run: number; step: string | null }
  | { view: 'approvals' }
  | { view: 'audit'; system: string; environment: string; before: number | null }
  | { view: 'database'; database: DatabaseRoute };

export const SYSTEMS: Route = { view: 'systems' };
export const WHOLE_AUDIT: Route = { view: 'audit', system: '', environment: '', before: null };

/** What the part of an address after `#` says; anything else is the systems. */
export function routeOf(hash: string): Route {
  const database = databaseOf(hash);
  if (database !== null) return { view: 'database', database };
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?', 2);
  const [before, ...words] = path.split('/').map(decoded);
  return before === '' ? (routeIn(words, new URLSearchParams(search)) ?? SYSTEMS) : SYSTEMS;
}

function routeIn([view, first, second, third, ...rest]: string[], said: URLSearchParams): Route | null {
  if (rest.length > 0) return null;
  if (view === 'systems' && first) return systemRoute(first, second, third, said);
  if (third !== undefined) return null;
  if (view === 'pipelines') return pipelineRoute(first, second, said);
  if (first !== undefined) return null;
  if (view === 'approvals') return { view };
  if (view !== 'audit') return null;
  const [system = '', environment = ''] = ['system', 'environment'].map((word) => said.get(word) ?? '');
  return { view, system, environment, before: numberIn(said.get('before')) };
}

function systemRoute(
  system: string,
  word: string | undefined,
  number: string | undefined,
  said: URLSearchParams,
): Route | null {
  if (word === undefined) return { view: 'system', system };
  const release = numberIn(number ?? null);
  if (word !== 'releases' || release === null) return null;
  return { view: 'release', system, release, since: numberIn(said.get('since')) };
}

function pipelineRoute(
  first: string | undefined,
  step: string | undefined,
  said: URLSearchParams,
): Route | null {
  if (first === undefined) return { view: 'pipelines', system: said.get('system') || null };
  const run = numberIn(first);
  return run === null || step === '' ? null : { view: 'run', run, step: step ?? null };
}

/** The way back of `routeOf`. */
export function hashOf(route: Route): string {
  switch (route.view) {
    case 'systems':
      return '#/';
    case 'system':
      return addressOf(['systems', route.system]);
    case 'release':
      return addressOf(['systems', route.system, 'releases', String(route.release)], { since: route.since });
    case 'pipelines':
      return addressOf(['pipelines'], { system: route.system });
    case 'run':
      return addressOf(['pipelines', String(route.run), ...(route.step === null ? [] : [route.step])]);
    case 'approvals':
      return addressOf(['approvals']);
    case 'audit': {
      const { system, environment, before } = route;
      return addressOf(['audit'], { system, environment, before });
    }
    case 'database':
      return databaseHash(route.database);
  }
}

/** Two routes with the same name show the same thing, differently filtered or turned at most. */
export function nameOf(route: Route): string {
  if (route.view === 'database') return databaseName(route.database);
  if (route.view === 'release') return hashOf({ ...route, since: null });
  if (route.view === 'run') return hashOf({ ...route, step: null });
  return hashOf(route.view === 'audit' ? WHOLE_AUDIT : route);
}

function addressOf(words: string[], search: Record<string, string | number | null> = {}): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(search))
    if (value !== null && value !== '') said.set(name, String(value));
  return `#/${words.map(encodeURIComponent).join('/')}${said.size === 0 ? '' : `?${said}`}`;
}

function numberIn(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

/** Empty for what is no text: an address may be typed by anyone. */
function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return '';
  }
}
