import { useId } from 'react';
import { askRelease } from '../api/ask.ts';
import type { Overview } from '../api/types.ts';
import { DELIVERING } from '../state/change.ts';
import { rowsOf } from '../state/environments.ts';
import { hashOf } from '../state/route.ts';
import { inert } from '../words/inert.ts';
import { ChangeList } from './change-list.tsx';
import { useLive, usePage } from './context.tsx';
import { EnvironmentTable } from './delivery/environment-table.tsx';
import { ReleaseTable } from './delivery/release-table.tsx';
import { Skeleton } from './empty.tsx';
import { VIEW_TITLE } from './focus.ts';
import { NoRuns } from './pipelines/pipelines-view.tsx';
import { RunTable } from './pipelines/run-table.tsx';
import { useRuns } from './pipelines/use-runs.ts';
import { SystemBoard } from './system-board.tsx';
import { Name } from './text.tsx';
import { useAnswer } from './use-answer.ts';
import { WayHere } from './way-here.tsx';

const RUNS_SHOWN = 8;

/** One system: its environments side by side, its pipelines and releases, then what runs in each environment. */
export function SystemView({ name }: { name: string }) {
  const { overview } = useLive();
  if (overview === null) return <Skeleton />;
  return <KnownSystem name={name} overview={overview} />;
}

function KnownSystem({ name, overview }: { name: string; overview: Overview }) {
  const { t } = usePage();
  const targets = useTargets(name, overview);
  const rows = rowsOf(name, overview, targets);
  const views = rows.flatMap(({ view }) => (view === null ? [] : [view]));
  return (
    <>
      <section className="board" aria-labelledby={VIEW_TITLE}>
        <header className="board-head">
          <WayHere />
          <h2 id={VIEW_TITLE} tabIndex={-1}>
            <Name>{name}</Name>
          </h2>
        </header>
        <ChangeList of={{ system: name, kinds: DELIVERING }} />
        {rows.length === 0 ? (
          <p className="none">{t('system.unknown', { system: inert(name) })}</p>
        ) : (
          <EnvironmentTable system={name} rows={rows} />
        )}
      </section>
      <Runs system={name} />
      {views.length > 0 && <ReleaseTable system={name} views={views} />}
      {views.map((view) => (
        <SystemBoard key={view.environment} system={view} titled="environment" />
      ))}
    </>
  );
}

/** Where the newest release may go: which environments there are, beyond those that something runs in. */
function useTargets(system: string, overview: Overview) {
  const views = overview.systems.filter(({ name }) => name === system);
  const newest = views[0]?.releases[0]?.number ?? null;
  const seen = views.map(({ environment, release }) => [environment, release]);
  const { value } = useAnswer(JSON.stringify([newest, seen]), (signal) =>
    newest === null
      ? Promise.resolve({ value: null })
      : askRelease({ system, release: newest, since: null }, signal),
  );
  return value?.targets ?? [];
}

function Runs({ system }: { system: string }) {
  const { t } = usePage();
  const id = useId();
  const { value } = useRuns(system, RUNS_SHOWN);
  return (
    <section className="board" aria-labelledby={id} aria-busy={value === null}>
      <header className="board-head">
        <h3 id={id} className="part-title">
          {t('pipelines.title')}
        </h3>
        <a className="more" href={hashOf({ view: 'pipelines', system })}>
          {t('pipelines.more')}
        </a>
      </header>
      <div className="board-in">
        {value === null && <p className="none">{t('database.loading')}</p>}
        {value?.length === 0 && <NoRuns />}
        {value !== null && value.length > 0 && (
          <RunTable caption={t('pipelines.of', { system: inert(system) })} runs={value} ofMany={false} />
        )}
      </div>
    </section>
  );
}
