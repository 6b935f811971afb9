import type { Finding, Path } from '../mistakes.ts';
import { didYouMean, valueText } from '../mistakes.ts';
import { RESERVED_HOSTS } from '../names.ts';
import { nearest } from '../nearest.ts';
import { environmentHost, parseHost, parseRoute } from '../route.ts';
import { checkEngine } from './container-check.ts';
import { boundVariables, checkEnv } from './env-check.ts';
import { isCallable, isOne, scalingMistakes, spreadMistake, volumeMistake } from './service-check.ts';
import { unknownService } from './uses-check.ts';
import { isMap, mapAt, valueAt } from './value-at.ts';

/** What environments change: services and hosts exist, and what comes out is still right. */
export function checkEnvironments(file: unknown): Finding[] {
  return Object.keys(mapAt(file, ['environments'])).flatMap((name) => [
    ...checkEngine(name, file),
    ...checkDelivery(name, file),
    ...checkAdjustments(name, file),
    ...checkHosts(name, file),
  ]);
}

function checkDelivery(environment: string, file: unknown): Finding[] {
  const above = ['environments', environment];
  const { promoteFrom, branch } = mapAt(file, above);
  const names = Object.keys(mapAt(file, ['environments'])).filter((name) => name !== environment);
  const findings: Finding[] = [];
  if (typeof promoteFrom === 'string' && promoteFrom !== '' && !names.includes(promoteFrom)) {
    const hint = didYouMean(nearest(promoteFrom, names)) ?? `Environments: ${names.join(', ') || 'none'}.`;
    const message = `there is no other environment ${valueText(promoteFrom)}`;
    findings.push({ code: 'wrong-value', path: [...above, 'promoteFrom'], message, hint, at: 'value' });
  }
  if (promoteFrom !== undefined && branch !== undefined) {
    const message = 'a release comes from a branch or from another environment, not from both';
    findings.push({ code: 'contradiction', path: [...above, 'branch'], message });
  }
  return findings;
}

function checkAdjustments(environment: string, file: unknown): Finding[] {
  const services = mapAt(file, ['services']);
  const above = ['environments', environment, 'services'];
  return Object.entries(mapAt(file, above)).flatMap(([name, changes]) => {
    const path = [...above, name];
    if (!Object.hasOwn(services, name))
      return [{ ...unknownService(name, path, Object.keys(services)), at: 'key' }];
    const service = services[name];
    if (!isMap(changes) || !isMap(service)) return [];
    const env = checkEnv(changes.env, [...path, 'env'], boundVariables(service.uses, file));
    return [...env, ...checkChanges(changes, service, path)];
  });
}

function checkChanges(
  changes: Record<string, unknown>,
  service: Record<string, unknown>,
  path: Path,
): Finding[] {
  const findings: Finding[] = [];
  const { replicas } = changes;
  if (service.volume !== undefined && !isOne(replicas)) {
    findings.push(volumeMistake([...path, 'replicas'], replicas));
  }
  findings.push(...scalingMistakes([...path, 'replicas'], replicas));
  if (service.spread === 'every-node' && replicas !== undefined)
    findings.push(spreadMistake([...path, 'replicas'], 'replicas'));
  const probe = ['ready', 'live'].find((key) => valueAt(changes, ['health', key]) !== undefined);
  if (probe && !isCallable(service)) {
    const message = 'a probe needs a port to ask at, and this service has none';
    findings.push({ code: 'contradiction', path: [...path, 'health', probe], message });
  }
  return findings;
}

function checkHosts(environment: string, file: unknown): Finding[] {
  const path = ['environments', environment, 'routes'];
  const hosts = routeHosts(file);
  const findings: Finding[] = [];
  const mapped = new Map<string, string>();
  for (const [from, to] of Object.entries(mapAt(file, path))) {
    findings.push(...checkMapping({ from, to, path: [...path, from] }, hosts, mapped));
  }
  return [...findings, ...checkCollisions(environment, hosts, mapped)];
}

function routeHosts(file: unknown): string[] {
  const routes = Object.keys(mapAt(file, ['routes'])).map(parseRoute);
  return [...new Set(routes.flatMap((route) => ('host' in route ? [route.host] : [])))];
}

interface Mapping {
  from: string;
  to: unknown;
  path: Path;
}

function checkMapping({ from, to, path }: Mapping, hosts: string[], mapped: Map<string, string>): Finding[] {
  const known = from.toLowerCase();
  if (!hosts.includes(known)) {
    const hint = didYouMean(nearest(from, hosts)) ?? `Hosts: ${hosts.slice(0, 20).join(', ') || 'none'}.`;
    return [{ code: 'unknown-host', path, message: `no route has the host ${valueText(from)}`, hint }];
  }
  if (typeof to !== 'string' || to === '') return [];
  const host = parseHost(to);
  if ('problem' in host) {
    const hint = to.includes('/') ? 'A host alone, without a prefix; prefixes stay as they are.' : host.hint;
    return [{ code: 'wrong-route', path, message: `${valueText(to)} ${host.problem}`, hint, at: 'value' }];
  }
  if (mapped.has(known)) return [{ code: 'host-twice', path, message: `${valueText(from)} is mapped twice` }];
  mapped.set(known, host.host);
  return [];
}

/** Two hosts that become one, or a host that becomes Escale's own. */
function checkCollisions(environment: string, hosts: string[], mapped: Map<string, string>): Finding[] {
  const claimed = new Map<string, string>();
  return hosts.flatMap((host): Finding[] => {
    const final = environmentHost(host, environment, mapped.get(host));
    const before = claimed.get(final);
    claimed.set(final, before ?? host);
    const path = ['environments', environment, 'routes', host];
    const at = 'value' as const;
    if (RESERVED_HOSTS.has(final))
      return [{ code: 'wrong-route', path, message: `${final} is where Escale itself answers`, at }];
    if (final.length > 253)
      return [{ code: 'wrong-route', path, message: `${valueText(final)} is too long for a host`, at }];
    const message = `${valueText(before)} and ${valueText(host)} would both be ${final}`;
    return before === undefined ? [] : [{ code: 'host-twice', path, message, at }];
  });
}
