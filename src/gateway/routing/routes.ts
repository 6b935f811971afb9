import { isIP } from 'node:net';
import type { ServiceKey, TrafficRoute } from '../../core/contracts/index.ts';
import { cutSegments, splitTarget } from './path.ts';

/** Where a request goes. */
export interface RouteMatch {
  service: ServiceKey;
  /** Target to send: the route's prefix is cut. */
  target: string;
  /** The prefix that was cut, as configured; empty for `/`. */
  prefix: string;
}

export type RouteMiss = 'bad-target' | 'unknown-host' | 'unknown-path';

interface CompiledRoute {
  service: ServiceKey;
  prefix: string;
  segments: string[];
}

/** The public routes of one table, made quick to ask. */
export class RouteMap {
  private readonly exact = new Map<string, CompiledRoute[]>();
  private readonly wildcard: { suffix: string; routes: CompiledRoute[] }[] = [];

  constructor(routes: readonly TrafficRoute[]) {
    for (const route of routes) insert(this.routesOf(route.host.toLowerCase()), compile(route));
    this.wildcard.sort((a, b) => b.suffix.length - a.suffix.length);
  }

  /** The longest matching prefix of the exact host, else of the longest matching wildcard. `host` may have a port. */
  match(host: string, target: string): RouteMatch | RouteMiss {
    const path = splitTarget(target);
    if (path === null) return 'bad-target';
    const routes = this.find(hostName(host));
    if (routes === null) return 'unknown-host';
    const route = routes.find((candidate) => isPrefix(candidate.segments, path.segments));
    if (route === undefined) return 'unknown-path';
    if (route.segments.length === 0) return { service: route.service, target, prefix: '' };
    const rest = cutSegments(path, route.segments.length);
    return rest === null ? 'bad-target' : { service: route.service, target: rest, prefix: route.prefix };
  }

  private find(name: string): CompiledRoute[] | null {
    const exact = this.exact.get(name);
    if (exact !== undefined) return exact;
    const found = this.wildcard.find(({ suffix }) => name.length > suffix.length && name.endsWith(suffix));
    if (found !== undefined) return found.routes;
    return isAddress(name) ? (this.exact.get('*') ?? null) : null;
  }

  private routesOf(host: string): CompiledRoute[] {
    if (!host.startsWith('*.')) return routesFor(this.exact, host);
    const suffix = host.slice(1);
    const known = this.wildcard.find((entry) => entry.suffix === suffix);
    if (known !== undefined) return known.routes;
    const routes: CompiledRoute[] = [];
    this.wildcard.push({ suffix, routes });
    return routes;
  }
}

function isAddress(name: string): boolean {
  return isIP(name.startsWith('[') ? name.slice(1, -1) : name) !== 0;
}

/** Lower case, without port and without the root dot. */
export function hostName(host: string): string {
  const name = host.startsWith('[') ? host.slice(0, host.indexOf(']') + 1) : host.split(':', 1)[0]!;
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

function compile(route: TrafficRoute): CompiledRoute {
  const segments = route.prefix.split('/').filter((segment) => segment !== '');
  return { service: route.service, prefix: segments.length === 0 ? '' : `/${segments.join('/')}`, segments };
}

function insert(routes: CompiledRoute[], route: CompiledRoute): void {
  routes.push(route);
  routes.sort((a, b) => b.segments.length - a.segments.length);
}

function isPrefix(prefix: string[], segments: string[]): boolean {
  return prefix.length <= segments.length && prefix.every((segment, index) => segment === segments[index]);
}

function routesFor(map: Map<string, CompiledRoute[]>, key: string): CompiledRoute[] {
  const known = map.get(key);
  if (known !== undefined) return known;
  const fresh: CompiledRoute[] = [];
  map.set(key, fresh);
  return fresh;
}
