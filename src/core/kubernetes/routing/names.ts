import type { ResolvedRoute, ResolvedSystem } from '../../manifest/index.ts';
import { freeName } from '../names.ts';

/** What Escale's own gateway is called. */
export function gatewayName(system: ResolvedSystem): string {
  return freeName('gateway', system);
}

/** The routes of each host, the longest prefix first. */
export function routesByHost({ routes }: ResolvedSystem): [string, ResolvedRoute[]][] {
  const hosts = [...new Set(routes.map(({ host }) => host))];
  return hosts.map((host) => [
    host,
    routes
      .filter((route) => route.host === host)
      .sort((one, other) => other.prefix.length - one.prefix.length),
  ]);
}

/** A host as the name of an object, which has no `*`. */
export function hostName(host: string, hosts: string[]): string {
  if (!host.startsWith('*.')) return host;
  let name = `any${host.slice(1)}`;
  while (hosts.includes(name)) name = `any.${name}`;
  return name;
}
