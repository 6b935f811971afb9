import { changeOf } from '../api/change.ts';
import type { Place, ReleaseView, SystemView } from '../api/types.ts';
import { releaseBefore } from '../state/releases.ts';
import { inert } from '../words/inert.ts';
import { Badge, type Tone } from './badge.tsx';
import { useChanges, usePage } from './context.tsx';
import { useRollback } from './rollback.tsx';
import { Name } from './text.tsx';

const TONES: Record<SystemView['state'], Tone> = {
  ready: 'go',
  degraded: 'wait',
  updating: 'note',
  down: 'plain',
};

/** What a system is and what can be asked of it as a whole. */
export function SystemHeader({ id, system }: { id: string; system: SystemView }) {
  const { t } = usePage();
  const { name, environment, state, release, releases, folder } = system;
  const current = releases.find(({ number }) => number === release);
  return (
    <header className="board-head">
      <h2 id={id}>
        <Name>{name}</Name>
      </h2>
      <Badge tone={TONES[state]}>{t(`system.${state}`)}</Badge>
      <p className="board-facts">
        <span className="tag" title={t('system.environment')}>
          <span className="unseen">{t('system.environment')}: </span>
          <Name>{environment}</Name>
        </span>{' '}
        <strong>{release === null ? t('system.noRelease') : t('system.release', { number: release })}</strong>
        {current !== undefined && (
          <>
            {' · '}
            <Source release={current} />
          </>
        )}
        {folder && (
          <span className="folder" title={t('system.folder')}>
            {' · '}
            <span className="unseen">{t('system.folder')}: </span>
            <Name>{folder}</Name>
          </span>
        )}
      </p>
      {system.up && <SystemActions system={system} />}
    </header>
  );
}

/** Where a release came from: its commit, and whether there was more than that. */
export function Source({ release: { commit, dev } }: { release: ReleaseView }) {
  const { t } = usePage();
  return (
    <>
      {commit === null ? (
        t('system.noCommit')
      ) : (
        <span title={t('system.commit', { commit: inert(commit) })}>
          <code>
            <Name>{commit.slice(0, 8)}</Name>
          </code>
        </span>
      )}
      {dev && (
        <>
          {' '}
          <span className="tag tag-dev">{t('system.dev')}</span>
        </>
      )}
    </>
  );
}

function SystemActions({ system }: { system: SystemView }) {
  const { t, session, question } = usePage();
  const place: Place = { system: system.name, environment: system.environment };
  const rollback = useRollback(place, system);
  const before = releaseBefore(system);
  const isRestarting = useChanges().some(
    ({ kind, outcome, place: at, about }) =>
      kind === 'restart' &&
      outcome === 'running' &&
      at.system === place.system &&
      about.service === undefined,
  );
  const restart = () =>
    session.ask({ kind: 'restart', place, about: {}, request: changeOf(place, 'restart', { services: [] }) });
  const down = () =>
    question.set({
      title: t('ask.downTitle', { system: inert(system.name) }),
      text: <p>{t('ask.downText')}</p>,
      yes: t('ask.downYes'),
      grave: true,
      act: () => session.ask({ kind: 'down', place, about: {}, request: changeOf(place, 'down', {}) }),
    });
  return (
    <div className="board-actions">
      {system.state === 'updating' ? (
        <button type="button" className="quiet" onClick={rollback.stop}>
          {t('act.return')}
        </button>
      ) : (
        <>
          {before !== null && (
            <button type="button" className="quiet" onClick={() => rollback.to(before)}>
              {t('act.rollback', { number: before.number })}
            </button>
          )}
          <button type="button" className="quiet" disabled={isRestarting} onClick={restart}>
            {t('act.restartAll')}
          </button>
        </>
      )}
      <button type="button" className="quiet" onClick={down}>
        {t('act.down')}
      </button>
    </div>
  );
}
