import { may, type Principal } from '../../core/access/index.ts';
import type { StoredEvent } from '../store/index.ts';
import type { Overview } from './types.ts';

/** The picture as somebody may see it: of other environments it shows nothing. */
export function seenBy(principal: Principal, overview: Overview): Overview {
  const sees = ({ environment }: { environment: string }) => may(principal, 'viewer', { environment });
  return {
    ...overview,
    systems: overview.systems.filter(sees),
    events: overview.events.filter((event) => seesEvent(principal, event)),
  };
}

/** One of the host itself belongs to no environment: it is for those who may look into all. */
export function seesEvent(principal: Principal, { environment }: StoredEvent): boolean {
  return may(principal, 'viewer', environment === '' ? 'all' : { environment });
}
