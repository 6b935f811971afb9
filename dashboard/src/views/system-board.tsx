import { useId } from 'react';
import type { Place, SystemView } from '../api/types.ts';
import { DELIVERING } from '../state/change.ts';
import { inert } from '../words/inert.ts';
import { Calls } from './calls.tsx';
import { ChangeList } from './change-list.tsx';
import { usePage } from './context.tsx';
import { Jobs } from './jobs.tsx';
import { Releases } from './releases.tsx';
import { Resources } from './resources.tsx';
import { RolloutUnderWay } from './rollout-under-way.tsx';
import { Rollouts } from './rollouts.tsx';
import { ServiceRow } from './service-row.tsx';
import { SystemHeader, type Titled } from './system-header.tsx';

/** A system in an environment: its state, its parts, how it came to where it is. */
export function SystemBoard({ system, titled }: { system: SystemView; titled: Titled }) {
  const { t } = usePage();
  const id = useId();
  const place: Place = { system: system.name, environment: system.environment };
  const running = system.rollouts.find(({ state }) => state === 'running');
  return (
    <section className="board" aria-labelledby={id}>
      <SystemHeader id={id} system={system} titled={titled} />
      {running !== undefined && <RolloutUnderWay rollout={running} />}
      <ChangeList of={{ ...place, but: titled === 'system' ? [] : DELIVERING }} />
      <h3 className="unseen">{t('system.services', { system: inert(system.name) })}</h3>
      {system.services.length === 0 && <p className="none">{t('system.noServices')}</p>}
      {system.services.map((service) => (
        <ServiceRow key={service.name} place={place} service={service} up={system.up} />
      ))}
      <Resources place={place} system={system} />
      <Jobs place={place} system={system} />
      <Calls system={system} />
      <div className="past">
        <Releases place={place} system={system} />
        <Rollouts system={system} />
      </div>
    </section>
  );
}
