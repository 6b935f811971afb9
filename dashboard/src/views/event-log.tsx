import { useId, useState } from 'react';
import type { StoredEvent } from '../api/types.ts';
import { inert } from '../words/inert.ts';
import { useLive, usePage } from './context.tsx';
import { Name, Said } from './text.tsx';
import { Moment } from './time.tsx';

/** The last events, newest first, of all systems or of one. Announced elsewhere, in sums. */
export function EventLog() {
  const { t } = usePage();
  const id = useId();
  const { events } = useLive();
  const [system, setSystem] = useState('');
  const shown = system === '' ? events : events.filter((event) => event.system === system);
  return (
    <section className="log" aria-labelledby={id}>
      <div className="log-head">
        <h2 id={id}>{t('events.title')}</h2>
        <Filter system={system} choose={setSystem} />
      </div>
      {shown.length === 0 && (
        <p className="none">
          {system === '' ? t('events.none') : t('events.noneOf', { system: inert(system) })}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <ol className="events" tabIndex={0} aria-labelledby={id}>
        {shown.map((event) => (
          <EventLine key={event.id} event={event} />
        ))}
      </ol>
    </section>
  );
}

function Filter({ system, choose }: { system: string; choose: (system: string) => void }) {
  const { t } = usePage();
  const { events, overview } = useLive();
  const names = [
    ...(overview?.systems ?? []).map(({ name }) => name),
    ...events.map((event) => event.system),
  ];
  const systems = [...new Set(names)].filter((name) => name !== '').sort();
  return (
    <label className="filter">
      <span>{t('events.filter')}</span>
      <select value={system} onChange={(event) => choose(event.target.value)}>
        <option value="">{t('events.all')}</option>
        {systems.map((name) => (
          <option key={name} value={name}>
            {inert(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

function EventLine({ event }: { event: StoredEvent }) {
  const { t } = usePage();
  const { at, system, service, instance, message } = event;
  const who = instance || [system, service].filter(Boolean).join(' / ') || t('events.host');
  return (
    <li className={`event event-${toneOf(event)}`}>
      <Moment at={at} />
      <span className="who">
        <Name>{who}</Name>
      </span>
      <span className="what">
        <Said>{message}</Said>
      </span>
    </li>
  );
}

/** What an event is to a reader: good news, bad news, or a step on the way. */
function toneOf({ type }: StoredEvent): 'go' | 'stop' | 'note' | 'plain' {
  if (/failed|killed|problem|lost|unready|rolled-back/.test(type)) return 'stop';
  if (/^(rollout-promoted|instance-ready|job-succeeded|pipeline-succeeded)$/.test(type)) return 'go';
  return /^rollout|^(service-paused|job-skipped|data-deleted|approval-wanted|drift)$/.test(type)
    ? 'note'
    : 'plain';
}
