import { useEffect, useRef } from 'react';
import { askRun } from '../../api/ask.ts';
import type { PipelineRunView } from '../../api/types.ts';
import { hashOf } from '../../state/route.ts';
import { type RunLog, stepsOf, stepToShow } from '../../state/run-log.ts';
import { inert } from '../../words/inert.ts';
import { useLive, usePage } from '../context.tsx';
import { VIEW_TITLE } from '../focus.ts';
import { Problem } from '../problem.tsx';
import { Said } from '../text.tsx';
import { Ago } from '../time.tsx';
import { useAnswer } from '../use-answer.ts';
import { WayHere } from '../way-here.tsx';
import { Deliveries } from './deliveries.tsx';
import { FailedTests } from './failed-tests.tsx';
import { RunActions } from './run-actions.tsx';
import { RunSource, RunState, RunTime } from './run-state.tsx';
import { By } from './run-table.tsx';
import { StepList } from './step-list.tsx';
import { StepLog } from './step-log.tsx';
import { useRunLog } from './use-run-log.ts';

/** One pipeline run as it goes on: its steps, what each writes, what failed, where its release went. */
export function RunView({ run: id, step: chosen }: { run: number; step: string | null }) {
  const { t } = usePage();
  const { log, problem: lost } = useRunLog(id);
  const { value: run, problem } = useRun(id, log);
  useAnnouncements(log);
  const wrong = run === null ? problem : lost;
  return (
    <section className="board run" aria-labelledby={VIEW_TITLE} aria-busy={run === null}>
      <RunHead id={id} run={run} />
      {wrong !== null && (
        <div className="board-in">
          <Problem problem={wrong} cutOff={t('pipeline.cutOff')} />
        </div>
      )}
      {run !== null && log !== null && <RunBody run={run} log={log} chosen={chosen} />}
      {run === null && wrong === null && <p className="none">{t('database.loading')}</p>}
    </section>
  );
}

/** Asked for again whenever its log or the picture says that it has changed. */
function useRun(id: number, log: RunLog | null) {
  const { overview } = useLive();
  const seen = overview?.pipelines.find((one) => one.id === id);
  const states = (log?.steps ?? []).map(({ name, state }) => [name, state]);
  const question = JSON.stringify([id, states, log?.end?.state, seen?.state, seen?.deliveries.length]);
  return useAnswer(overview === null ? null : question, (signal) => askRun(id, signal));
}

/** How steps and the run ended, for those who don't see it; what was over before they came is no news. */
function useAnnouncements(log: RunLog | null): void {
  const { t, say } = usePage();
  const before = useRef<RunLog | null>(null);
  useEffect(() => {
    const known = before.current;
    before.current = log;
    if (log === null || known === null) return;
    for (const { name, state } of log.steps)
      if (state !== 'running' && known.steps.find((one) => one.name === name)?.state !== state)
        say(`${inert(name)}: ${t(`pipeline.state.${state}`)}.`);
    if (log.end !== null && known.end === null)
      say(t('pipeline.ended', { number: log.end.id, state: t(`pipeline.state.${log.end.state}`) }));
  }, [log, t, say]);
}

function RunHead({ id, run }: { id: number; run: PipelineRunView | null }) {
  const { t } = usePage();
  const system = run?.system ?? null;
  return (
    <header className="board-head">
      <WayHere
        system={system}
        then={[
          <a key="pipelines" href={hashOf({ view: 'pipelines', system })}>
            {t('pipelines.title')}
          </a>,
        ]}
      />
      <h2 id={VIEW_TITLE} tabIndex={-1}>
        {t('pipeline.number', { number: id })}
      </h2>
      {run !== null && <RunState state={run.state} />}
      {run !== null && <RunFacts run={run} />}
      {run !== null && <RunActions run={run} isOver={run.endedAt !== null} />}
    </header>
  );
}

function RunFacts({ run }: { run: PipelineRunView }) {
  const { t } = usePage();
  const { release, system, retryOf } = run;
  return (
    <p className="board-facts">
      <RunSource run={run} />
      {' · '}
      <By run={run} />
      {' · '}
      <Ago at={run.createdAt} />
      {' · '}
      <RunTime run={run} />
      {release !== null && (
        <>
          {' · '}
          <a href={hashOf({ view: 'release', system, release, since: null })}>
            {t('system.release', { number: release })}
          </a>
        </>
      )}
      {retryOf !== null && (
        <>
          {' · '}
          <a href={hashOf({ view: 'run', run: retryOf, step: null })}>
            {t('pipeline.retryOf', { number: retryOf })}
          </a>
        </>
      )}
    </p>
  );
}

function RunBody({ run, log, chosen }: { run: PipelineRunView; log: RunLog; chosen: string | null }) {
  const { t } = usePage();
  const steps = stepsOf(run.steps, log);
  const shown = steps.find(({ name }) => name === chosen)?.name ?? stepToShow(steps);
  const step = steps.find(({ name }) => name === shown);
  const deliveries = log.deliveries.length > 0 ? log.deliveries : run.deliveries;
  return (
    <div className="board-in">
      {run.reason !== '' && run.state !== 'succeeded' && (
        <p className={run.state === 'failed' ? 'trouble' : 'trouble trouble-plain'}>
          <Said>{run.reason}</Said>
        </p>
      )}
      <FailedTests steps={steps} />
      <Deliveries deliveries={deliveries} />
      {step === undefined ? (
        <p className="none">{t('pipeline.notBegun')}</p>
      ) : (
        <div className="run-in">
          <StepList run={run.id} steps={steps} shown={shown} />
          <StepLog key={step.name} run={run.id} step={step} />
        </div>
      )}
    </div>
  );
}
