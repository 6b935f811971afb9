import type { RequestHead } from '../framing/request-head.ts';
import { splitTarget } from '../routing/path.ts';
import type { RouteMatch, RouteMiss } from '../routing/routes.ts';
import type { DataPlane, Entry } from './data-plane.ts';

/** Where a request goes: by its host and path, or to the one service of an internal listener. */
export function route(head: RequestHead, via: { entry: Entry; plane: DataPlane }): RouteMatch | RouteMiss {
  const { host, target } = head;
  const { service } = via.entry;
  if (service === null) return host === null ? 'unknown-host' : via.plane.routes.match(host, target);
  return splitTarget(target) === null ? 'bad-target' : { service, target, prefix: '' };
}
