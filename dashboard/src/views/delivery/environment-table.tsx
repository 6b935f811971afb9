import type { SystemView } from '../../api/types.ts';
import { type EnvironmentRow, promotionFor } from '../../state/environments.ts';
import { mayIn } from '../../state/rights.ts';
import { hashOf } from '../../state/route.ts';
import { inert } from '../../words/inert.ts';
import { Badge } from '../badge.tsx';
import { type Page, useMe, usePage } from '../context.tsx';
import { RunState } from '../pipelines/run-state.tsx';
import { RunLink } from '../pipelines/run-table.tsx';
import { Source } from '../source.tsx';
import { SYSTEM_TONES } from '../system-tones.ts';
import { type Column, Table } from '../table.tsx';
import { Name, Said } from '../text.tsx';
import { ApprovalButtons } from './approval-list.tsx';
import { useMove } from './move.tsx';

/** The environments of a system side by side: what runs in each, and what could come next. */
export function EnvironmentTable({ system, rows }: { system: string; rows: EnvironmentRow[] }) {
  const page = usePage();
  return (
    <div className="board-in environments">
      <Table
        caption={page.t('environments.caption', { system: inert(system) })}
        columns={columnsOf(page, system, rows)}
        rows={rows}
        keyOf={({ environment }) => environment}
      />
    </div>
  );
}

function columnsOf({ t }: Page, system: string, rows: EnvironmentRow[]): Column<EnvironmentRow>[] {
  return [
    {
      key: 'environment',
      title: t('system.environment'),
      heads: true,
      cell: ({ environment }) => (
        <strong className="environment-name">
          <Name>{environment}</Name>
        </strong>
      ),
    },
    { key: 'release', title: t('releases.number'), cell: (row) => <Runs system={system} view={row.view} /> },
    {
      key: 'state',
      title: t('environments.state'),
      cell: ({ view }) =>
        view !== null && <Badge tone={SYSTEM_TONES[view.state]}>{t(`system.${view.state}`)}</Badge>,
    },
    {
      key: 'drift',
      title: t('environments.drift'),
      cell: ({ view }) => view !== null && <Drift view={view} />,
    },
    { key: 'run', title: t('environments.run'), cell: (row) => <NewestRun row={row} /> },
    {
      key: 'next',
      title: t('environments.next'),
      cell: (row) => <Next system={system} row={row} rows={rows} />,
    },
  ];
}

function Runs({ system, view }: { system: string; view: SystemView | null }) {
  const { t } = usePage();
  const current = view?.releases.find(({ number }) => number === view.release);
  if (view === null || view.release === null)
    return <span className="quiet-text">{t('environments.nothing')}</span>;
  return (
    <>
      <a className="one-line" href={hashOf({ view: 'release', system, release: view.release, since: null })}>
        {t('system.release', { number: view.release })}
      </a>{' '}
      {current !== undefined && <Source release={current} />}
    </>
  );
}

/** Where what runs is not what the release says. */
export function Drift({ view: { drift } }: { view: SystemView }) {
  const { t } = usePage();
  const { found, repaired } = drift;
  if (found.length === 0) return <span className="quiet-text">{t('drift.none')}</span>;
  return (
    <>
      <Badge tone="wait">{t('drift.found', { count: found.length })}</Badge>
      {found.map(({ kind, service, message }) => (
        <span key={`${kind} ${service}`} className="why">
          <Said>{message}</Said>
        </span>
      ))}
      <span className="why">{t(repaired ? 'drift.repaired' : 'drift.left')}</span>
    </>
  );
}

function NewestRun({ row: { run } }: { row: EnvironmentRow }) {
  const { t } = usePage();
  if (run === null) return <span className="quiet-text">{t('environments.noRun')}</span>;
  return (
    <>
      <RunLink id={run.id} /> <RunState state={run.state} />
    </>
  );
}

/** What waits for a word, else what could be promoted here. */
function Next({ system, row, rows }: { system: string; row: EnvironmentRow; rows: EnvironmentRow[] }) {
  const { t } = usePage();
  const me = useMe();
  const move = useMove();
  const { environment, approval, view, target } = row;
  const next = promotionFor(row, rows);
  const place = { system, environment };
  return (
    <>
      {approval !== null && (
        <span className="next-approval">
          <Badge tone="wait">{t('environments.waits', { number: approval.release })}</Badge>
          <ApprovalButtons approval={approval} />
        </span>
      )}
      {next !== null && mayIn(me, 'deployer', environment) && (
        <button
          type="button"
          className="quiet small"
          disabled={view?.state === 'updating'}
          aria-label={t('move.promoteLabel', { number: next.release, environment: inert(environment) })}
          onClick={() => move.promote(place, next)}
        >
          {t('move.promoteFrom', { number: next.release, from: inert(next.from) })}
        </button>
      )}
      {next === null && approval === null && target?.from != null && (
        <span className="quiet-text">{t('environments.from', { from: inert(target.from) })}</span>
      )}
    </>
  );
}
