import { useId, useState } from 'react';
import type { JobView, Place, RunView } from '../api/types.ts';
import { duration } from '../words/format.ts';
import { inert } from '../words/inert.ts';
import { Badge, type Tone } from './badge.tsx';
import { type Page, usePage } from './context.tsx';
import { RunLog } from './run-log.tsx';
import { type Column, Table } from './table.tsx';
import { Said } from './text.tsx';
import { Ago, Since } from './time.tsx';

const TONES: Record<RunView['state'], Tone> = {
  waiting: 'wait',
  running: 'note',
  succeeded: 'go',
  failed: 'stop',
  skipped: 'plain',
};

/** The last runs of a job, and what each of them wrote; open at once when the newest one did not do well. */
export function Runs({ place, job: { name, runs } }: { place: Place; job: JobView }) {
  const page = usePage();
  const { t } = page;
  const logId = useId();
  const [shownId, setShownId] = useState<string | null>(null);
  const shown = runs.find(({ id }) => id === shownId);
  const logs: Column<RunView> = {
    key: 'actions',
    title: t('instances.actions'),
    cell: (run) => <LogButton run={run} isOpen={run.id === shownId} logId={logId} show={setShownId} />,
  };
  return (
    <details className="runs" open={runs[0]?.state === 'failed'}>
      <summary>{t('runs.show', { count: runs.length })}</summary>
      <Table
        caption={t('runs.caption', { job: inert(name) })}
        columns={[...runColumns(page), logs]}
        rows={runs}
        keyOf={({ id }) => id}
      />
      {shown?.instance != null && (
        <RunLog key={shown.id} id={logId} place={place} job={name} instance={shown.instance} />
      )}
    </details>
  );
}

function runColumns({ t }: Page): Column<RunView>[] {
  return [
    { key: 'state', title: t('runs.state'), heads: true, cell: (run) => <State run={run} /> },
    { key: 'cause', title: t('runs.cause'), cell: ({ cause }) => t(`runs.cause.${cause}`) },
    {
      key: 'when',
      title: t('runs.when'),
      cell: ({ startedAt, dueAt }) => <Ago at={startedAt ?? dueAt} />,
    },
    { key: 'took', title: t('runs.took'), numeric: true, cell: (run) => <RunTook run={run} /> },
    {
      key: 'exit',
      title: t('runs.exit'),
      numeric: true,
      cell: ({ exitCode }) => (exitCode === null ? t('runs.none') : String(exitCode)),
    },
  ];
}

function State({ run }: { run: RunView }) {
  return (
    <>
      <RunBadge run={run} />{' '}
      {hasReason(run) && (
        <span className="why">
          <Said>{run.reason}</Said>
        </span>
      )}
    </>
  );
}

/** How a run stands or ended. */
export function RunBadge({ run: { state } }: { run: RunView }) {
  const { t } = usePage();
  return <Badge tone={TONES[state]}>{t(`runs.state.${state}`)}</Badge>;
}

/** Whether why it did so is worth telling. */
export function hasReason({ state, reason }: RunView): boolean {
  return reason !== '' && state !== 'succeeded';
}

/** How long a run took, or takes so far. */
export function RunTook({ run: { startedAt, endedAt } }: { run: RunView }) {
  const { t, locale } = usePage();
  if (startedAt === null) return t('runs.none');
  return endedAt === null ? <Since at={startedAt} /> : duration(endedAt - startedAt, locale);
}

interface LogButtonProps {
  run: RunView;
  isOpen: boolean;
  logId: string;
  show: (run: string | null) => void;
}

function LogButton({ run: { id, instance }, isOpen, logId, show }: LogButtonProps) {
  const { t } = usePage();
  if (instance === null) return null;
  return (
    <button
      type="button"
      className="quiet small"
      aria-expanded={isOpen}
      aria-controls={isOpen ? logId : undefined}
      aria-label={t('runs.logLabel', { instance: inert(instance) })}
      onClick={() => show(isOpen ? null : id)}
    >
      {t('runs.log')}
    </button>
  );
}
