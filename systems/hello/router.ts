import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from './answer.ts';

/** One request, its answer, and the decoded value of the pattern's `{…}` part (empty when it has none). */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  parameter: string;
}

export interface Route {
  method: 'GET' | 'POST';
  /** `/version`, or with one variable part at its end: `/status/{code}`. */
  path: string;
  handle: (exchange: Exchange) => void | Promise<void>;
}

/** The routes a path has, by method, and the pattern it matched. */
export interface Match {
  path: string;
  parameter: string;
  methods: Map<string, Route>;
}

/** Finds what a path leads to; null when it leads nowhere. */
export type Router = (path: string) => Match | null;

/** A router over these routes. */
export function createRouter(routes: Route[]): Router {
  const fixed = new Map<string, Match>();
  const variable = new Map<string, Match>();
  for (const route of routes) {
    const brace = route.path.indexOf('{');
    const [table, key] = brace < 0 ? [fixed, route.path] : [variable, route.path.slice(0, brace)];
    const match = table.get(key) ?? { path: route.path, parameter: '', methods: new Map() };
    table.set(key, match);
    match.methods.set(route.method, route);
  }
  return (path) => fixed.get(path) ?? matchVariable(variable, path);
}

function matchVariable(table: Map<string, Match>, path: string): Match | null {
  const cut = path.lastIndexOf('/') + 1;
  const match = table.get(path.slice(0, cut));
  return match && cut < path.length ? { ...match, parameter: path.slice(cut) } : null;
}

/** The route of a match for a method; HEAD is GET without its body. Throws `Refusal` 405, which names what is allowed. */
export function routeFor(match: Match, method: string): Route {
  const route = match.methods.get(method === 'HEAD' ? 'GET' : method);
  if (route) return route;
  const allow = [...match.methods.keys()].flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
  throw new Refusal(405, `use ${allow.join(' or ')}`, { allow: allow.join(', ') });
}

/** The decoded path of a request target (`/a?b`, or `http://host/a`). Throws `Refusal` 400 for one that is none. */
export function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : (URL.parse(target)?.pathname ?? '');
  const query = path.indexOf('?');
  const raw = query < 0 ? path : path.slice(0, query);
  if (raw === '') throw new Refusal(400, 'the request target has no path');
  return raw.includes('%') ? decode(raw) : raw;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Refusal(400, 'the path has a malformed percent-encoding');
  }
}
