import { may, type Principal } from '../../core/access/index.ts';
import type { StoredEvent } from '../store/index.ts';
import type { Overview, PipelineSummary } from './types.ts';

/** The picture as somebody may see it: of other environments it shows nothing. */
export function seenBy(principal: Principal, overview: Overview): Overview {
  const sees = ({ environment }: { environment: string }) => may(principal, 'viewer', { environment });
  const systems = overview.systems.filter(sees);
  const isTheirs = (name: string) => systems.some(({ target }) => target === name);
  return {
    ...overview,
    systems,
    targets: overview.targets.filter(({ name }) => may(principal, 'viewer', 'all') || isTheirs(name)),
    events: overview.events.filter((event) => seesEvent(principal, event)),
    pipelines: overview.pipelines.filter((run) => seesRun(principal, run)),
    approvals: overview.approvals.filter(sees),
  };
}

/** One that goes nowhere is everybody's who may look at all; else it is of the environments that it goes to. */
export function seesRun(
  principal: Principal,
  { environments }: Pick<PipelineSummary, 'environments'>,
): boolean {
  if (environments.length === 0) return may(principal, 'viewer', 'any');
  return environments.some((environment) => may(principal, 'viewer', { environment }));
}

/** One of the host itself belongs to no environment: it is for those who may look into all. */
export function seesEvent(principal: Principal, { environment }: StoredEvent): boolean {
  return may(principal, 'viewer', environment === '' ? 'all' : { environment });
}
