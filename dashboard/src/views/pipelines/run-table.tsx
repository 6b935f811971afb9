import type { PipelineSummary } from '../../api/types.ts';
import { hashOf } from '../../state/route.ts';
import { type Page, usePage } from '../context.tsx';
import { type Column, Table } from '../table.tsx';
import { Name, Said } from '../text.tsx';
import { Ago } from '../time.tsx';
import { Verdicts } from './deliveries.tsx';
import { RunSource, RunState, RunTime } from './run-state.tsx';

interface RunTableProps {
  caption: string;
  runs: PipelineSummary[];
  /** Of several systems: each says whose it is. */
  ofMany: boolean;
}

/** Pipeline runs, newest first, each with the way to its page. */
export function RunTable({ caption, runs, ofMany }: RunTableProps) {
  const page = usePage();
  return <Table caption={caption} columns={columnsOf(page, ofMany)} rows={runs} keyOf={({ id }) => id} />;
}

function columnsOf({ t }: Page, ofMany: boolean): Column<PipelineSummary>[] {
  const system: Column<PipelineSummary> = {
    key: 'system',
    title: t('pipeline.system'),
    cell: ({ system }) => (
      <a href={hashOf({ view: 'system', system })}>
        <Name>{system}</Name>
      </a>
    ),
  };
  return [
    { key: 'run', title: t('pipeline.run'), heads: true, cell: ({ id }) => <RunLink id={id} /> },
    ...(ofMany ? [system] : []),
    { key: 'state', title: t('pipeline.state'), cell: (run) => <State run={run} /> },
    { key: 'source', title: t('pipeline.source'), cell: (run) => <RunSource run={run} /> },
    { key: 'by', title: t('pipeline.by'), cell: (run) => <By run={run} /> },
    { key: 'went', title: t('pipeline.deliveries'), cell: (run) => <Verdicts run={run} /> },
    { key: 'when', title: t('pipeline.when'), cell: ({ createdAt }) => <Ago at={createdAt} /> },
    { key: 'took', title: t('pipeline.took'), numeric: true, cell: (run) => <RunTime run={run} /> },
  ];
}

export function RunLink({ id }: { id: number }) {
  const { t } = usePage();
  return <a href={hashOf({ view: 'run', run: id, step: null })}>{t('pipeline.number', { number: id })}</a>;
}

function State({ run: { state, reason } }: { run: PipelineSummary }) {
  return (
    <>
      <RunState state={state} />
      {reason !== '' && state !== 'succeeded' && (
        <span className="why">
          <Said>{reason}</Said>
        </span>
      )}
    </>
  );
}

/** Who brought it, and how. */
export function By({ run: { by, cause } }: { run: PipelineSummary }) {
  const { t } = usePage();
  return (
    <>
      <Name>{by}</Name> <span className="quiet-text">{t(`pipeline.cause.${cause}`)}</span>
    </>
  );
}
