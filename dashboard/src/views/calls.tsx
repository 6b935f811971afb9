import { useId } from 'react';
import type { CallView, SystemView } from '../api/types.ts';
import { inert } from '../words/inert.ts';
import { Badge } from './badge.tsx';
import { usePage } from './context.tsx';
import { Name, Said } from './text.tsx';

/** Who needs whom, as a chart: each service and job with lines to what it needs. */
export function Calls({ system }: { system: SystemView }) {
  const { t } = usePage();
  const id = useId();
  const { calls, jobs } = system;
  if (calls.length === 0) return null;
  const problems = calls.filter(({ problem }) => problem !== null).length;
  const callers = [...new Set(calls.map(({ from }) => from))];
  const isJob = (name: string) => jobs.some((job) => job.name === name);
  return (
    <div className="part calls">
      <h3 id={id}>{t('calls.title')}</h3>
      {problems > 0 && <Badge tone="stop">{t('calls.problems', { count: problems })}</Badge>}
      <ul className="chart" aria-labelledby={id}>
        {callers.map((from) => (
          <li key={from} className="chart-row">
            <Node name={from} kind={isJob(from) ? 'job' : 'service'} />
            <span className="unseen"> {t('calls.needs')} </span>
            <ul className="lines-to">
              {calls
                .filter((call) => call.from === from)
                .map((call) => (
                  <Call key={call.to} call={call} />
                ))}
            </ul>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Call({ call: { to, kind, problem } }: { call: CallView }) {
  const { t } = usePage();
  return (
    <li className={problem === null ? 'line-to' : 'line-to line-broken'}>
      <svg className="arrow" viewBox="0 0 40 12" aria-hidden="true" focusable="false">
        <path className="shaft" d="M0 6h32" />
        <path className="tip" d="M31 1.5 40 6l-9 4.5z" />
        {problem !== null && <path className="cross" d="m9 1 10 10M19 1 9 11" />}
      </svg>
      <Node name={to} kind={kind} />{' '}
      {problem !== null && (
        <span className="call-problem">
          <strong>{t('calls.problem')}</strong> · <Said>{problem}</Said>
        </span>
      )}
    </li>
  );
}

function Node({ name, kind }: { name: string; kind: CallView['kind'] | 'job' }) {
  const { t } = usePage();
  return (
    <span className={`node node-${kind}`} title={inert(name)}>
      <Name>{name}</Name> <small>{t(`calls.${kind}`)}</small>
    </span>
  );
}
