import { changeOf } from '../api/change.ts';
import type { Place, SystemView } from '../api/types.ts';
import { releaseBefore } from '../state/releases.ts';
import { mayIn } from '../state/rights.ts';
import { hashOf } from '../state/route.ts';
import { inert } from '../words/inert.ts';
import { Badge } from './badge.tsx';
import { useChanges, useLive, useMe, usePage } from './context.tsx';
import { Drift } from './delivery/environment-table.tsx';
import { RunState } from './pipelines/run-state.tsx';
import { RunLink } from './pipelines/run-table.tsx';
import { useRollback } from './rollback.tsx';
import { Source } from './source.tsx';
import { SYSTEM_TONES } from './system-tones.ts';
import { Name } from './text.tsx';

/** By what a board goes: its system, or its environment where the page is about the system. */
export type Titled = 'system' | 'environment';

interface SystemHeaderProps {
  id: string;
  system: SystemView;
  titled: Titled;
}

/** What a system is and what can be asked of it as a whole. */
export function SystemHeader({ id, system, titled }: SystemHeaderProps) {
  const { t } = usePage();
  const { name, environment, state } = system;
  return (
    <header className="board-head">
      <h2 id={id}>
        {titled === 'environment' ? (
          <Name>{environment}</Name>
        ) : (
          <a href={hashOf({ view: 'system', system: name })}>
            <Name>{name}</Name>
          </a>
        )}
      </h2>
      <Badge tone={SYSTEM_TONES[state]}>{t(`system.${state}`)}</Badge>
      <Facts system={system} titled={titled} />
      {system.up && <SystemActions system={system} />}
      {system.drift.found.length > 0 && (
        <p className="board-facts">
          <Drift view={system} />
        </p>
      )}
    </header>
  );
}

function Facts({ system, titled }: Omit<SystemHeaderProps, 'id'>) {
  const { t } = usePage();
  const { name, environment, target, release, releases, folder } = system;
  const current = releases.find(({ number }) => number === release);
  const isWhole = titled === 'system';
  const run = useLive().overview?.pipelines.find(
    (one) => one.system === name && (isWhole || one.environments.includes(environment)),
  );
  return (
    <p className="board-facts">
      {isWhole && (
        <span className="tag" title={t('system.environment')}>
          <span className="unseen">{t('system.environment')}: </span>
          <Name>{environment}</Name>
        </span>
      )}{' '}
      {target !== null && <OnTarget name={target} />}
      <strong>{release === null ? t('system.noRelease') : t('system.release', { number: release })}</strong>
      {current !== undefined && (
        <>
          {' · '}
          <Source release={current} />
        </>
      )}
      {run !== undefined && (
        <>
          {' · '}
          <RunLink id={run.id} /> <RunState state={run.state} />
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
  );
}

/** The host elsewhere that it runs on, and whether what is shown is of now. */
function OnTarget({ name }: { name: string }) {
  const { t } = usePage();
  const target = useLive().overview?.targets.find((one) => one.name === name);
  return (
    <>
      <span className="tag" title={t('system.target')}>
        <span className="unseen">{t('system.target')}: </span>
        <Name>{name}</Name>
      </span>{' '}
      {target?.state === 'away' && <Badge tone="wait">{t('system.targetAway')}</Badge>}{' '}
    </>
  );
}

function SystemActions({ system }: { system: SystemView }) {
  const { t, session, question } = usePage();
  const place: Place = { system: system.name, environment: system.environment };
  const rollback = useRollback(place);
  const before = releaseBefore(system);
  const me = useMe();
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
  if (!mayIn(me, 'deployer', system.environment)) return <OnlyLooks environment={system.environment} />;
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

/** Why nothing can be changed here, for those who may not. */
function OnlyLooks({ environment }: { environment: string }) {
  const { t } = usePage();
  if (useMe() === null) return null;
  return (
    <p className="only-looks">
      {t('rights.onlyLooks')}
      <span className="unseen"> {t('rights.who.deployer', { environment: inert(environment) })}</span>
    </p>
  );
}
