import { EscaleError } from '../core/errors/index.ts';

interface Claim {
  host: string;
  prefix: string;
  owner: { system: string; environment: string };
}

/** Escale's own pages stand here. */
export const PAGES_HOST = 'escale.localhost';

/** A host and path belong to one system: a second one that names them is refused before anything changes. */
export function refuseClaimedHosts(
  place: { system: string; environment: string },
  wanted: { host: string; prefix: string }[],
  others: Claim[],
): void {
  const taken = wanted.flatMap((route) => {
    const other = others.find((claim) => claim.host === route.host && claim.prefix === route.prefix);
    if (other !== undefined)
      return [`${address(route)} belongs to ${other.owner.system} (${other.owner.environment})`];
    return route.host === PAGES_HOST ? [`${route.host} belongs to Escale's own pages`] : [];
  });
  if (taken.length === 0) return;
  throw new EscaleError('host-claimed', taken.join('; '), {
    place: `routes of ${place.system}`,
    next: 'Name another host in `routes`, or take the other system down.',
  });
}

function address({ host, prefix }: { host: string; prefix: string }): string {
  return prefix === '/' ? host : `${host}${prefix}`;
}
