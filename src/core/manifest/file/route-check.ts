import type { Finding, Path } from '../mistakes.ts';
import { valueText } from '../mistakes.ts';
import { RESERVED_HOSTS } from '../names.ts';
import { parseRoute } from '../route.ts';
import { isCallable } from './service-check.ts';
import { unknownService } from './uses-check.ts';
import { mapAt } from './value-at.ts';

/** Routes: hosts and prefixes are plain, each is claimed once, and a service that can be called answers. */
export function checkRoutes(file: unknown): Finding[] {
  const services = mapAt(file, ['services']);
  const claimed = new Map<string, string>();
  return Object.entries(mapAt(file, ['routes'])).flatMap(([key, service]) => {
    const path = ['routes', key];
    return [...checkKey(key, path, claimed), ...checkTarget(service, path, services)];
  });
}

function checkKey(key: string, path: Path, claimed: Map<string, string>): Finding[] {
  const route = parseRoute(key);
  if ('problem' in route) {
    return [{ code: 'wrong-route', path, message: `${valueText(key)} ${route.problem}`, hint: route.hint }];
  }
  if (RESERVED_HOSTS.has(route.host)) {
    return [{ code: 'wrong-route', path, message: `${route.host} is where Escale itself answers` }];
  }
  const place = route.host + route.prefix;
  const before = claimed.get(place);
  claimed.set(place, before ?? key);
  const message = `${valueText(key)} is the same place as ${valueText(before)}`;
  return before === undefined ? [] : [{ code: 'host-twice', path, message }];
}

function checkTarget(service: unknown, path: Path, services: Record<string, unknown>): Finding[] {
  if (typeof service !== 'string' || service === '') return [];
  if (!Object.hasOwn(services, service)) return [unknownService(service, path, Object.keys(services))];
  if (isCallable(services[service])) return [];
  const message = `${valueText(service)} is a worker (it has no port), so it can't answer requests`;
  return [{ code: 'wrong-route', path, message, hint: `Add port: true to ${service}.`, at: 'value' }];
}
