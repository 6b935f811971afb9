import { useId } from 'react';
import { askRelease } from '../../api/ask.ts';
import type { ReleaseChangesView } from '../../api/types.ts';
import { rowsOf } from '../../state/environments.ts';
import { hashOf } from '../../state/route.ts';
import { ChangeList } from '../change-list.tsx';
import { useLive, usePage } from '../context.tsx';
import { VIEW_TITLE } from '../focus.ts';
import { Problem } from '../problem.tsx';
import { Source } from '../source.tsx';
import { Ago } from '../time.tsx';
import { type Asked, useAnswer } from '../use-answer.ts';
import { WayHere } from '../way-here.tsx';
import { ReleaseChanges } from './release-changes.tsx';
import { Targets } from './targets.tsx';

interface ReleaseOf {
  system: string;
  release: number;
  since: number | null;
}

/** A release: where it runs and may go, and what is new in it. */
export function ReleaseView(of: ReleaseOf) {
  const { t } = usePage();
  const { overview } = useLive();
  const { system, release } = of;
  const asked = useRelease(of);
  const { value: changes, problem } = asked;
  return (
    <section className="board" aria-labelledby={VIEW_TITLE} aria-busy={changes === null}>
      <header className="board-head">
        <WayHere system={system} />
        <h2 id={VIEW_TITLE} tabIndex={-1}>
          {t('system.release', { number: release })}
        </h2>
        {changes !== null && <Facts changes={changes} />}
      </header>
      <ChangeList of={{ system }} />
      {problem !== null && (
        <div className="board-in">
          <Problem problem={problem} cutOff={t('database.cutOff')} />
        </div>
      )}
      {changes === null && problem === null && <p className="none">{t('database.loading')}</p>}
      {changes !== null && overview !== null && (
        <Targets changes={changes} rows={rowsOf(system, overview, changes.targets)} />
      )}
      {changes !== null && (
        <>
          <SinceForm of={of} changes={changes} />
          <ReleaseChanges changes={changes} />
        </>
      )}
    </section>
  );
}

/** Asked for again whenever the picture shows another release somewhere. */
function useRelease({ system, release, since }: ReleaseOf): Asked<ReleaseChangesView> {
  const { overview } = useLive();
  const places = overview?.systems.filter(({ name }) => name === system);
  const seen = places?.map(({ environment, release: runs, state }) => [
    environment,
    runs,
    state === 'updating',
  ]);
  const question = seen === undefined ? null : JSON.stringify([system, release, since, seen]);
  return useAnswer(question, (signal) => askRelease({ system, release, since }, signal));
}

function Facts({ changes }: { changes: ReleaseChangesView }) {
  return (
    <p className="board-facts">
      <Source release={changes} />
      {' · '}
      <Ago at={changes.createdAt} />
    </p>
  );
}

/** What it is compared with. */
function SinceForm({ of: { system, release }, changes }: { of: ReleaseOf; changes: ReleaseChangesView }) {
  const { t } = usePage();
  const id = useId();
  const { overview } = useLive();
  const kept = overview?.systems.find(({ name }) => name === system)?.releases ?? [];
  const numbers = kept.map(({ number }) => number).filter((number) => number !== release);
  if (changes.since === null) return <p className="none">{t('release.first')}</p>;
  const all = numbers.includes(changes.since) ? numbers : [changes.since, ...numbers];
  return (
    <p className="since">
      <label htmlFor={id}>{t('release.since')}</label>{' '}
      <select
        id={id}
        value={changes.since}
        onChange={(event) => {
          location.hash = hashOf({ view: 'release', system, release, since: Number(event.target.value) });
        }}
      >
        {all.map((number) => (
          <option key={number} value={number}>
            {t('system.release', { number })}
          </option>
        ))}
      </select>
    </p>
  );
}
