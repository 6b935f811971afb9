import { useState } from 'react';
import { type Answer, cancelRun, retryRun } from '../../api/ask.ts';
import type { ApiProblem, PipelineRunView } from '../../api/types.ts';
import { mayChangeRun } from '../../state/rights.ts';
import { hashOf } from '../../state/route.ts';
import { useMe, usePage } from '../context.tsx';
import { Problem } from '../problem.tsx';

/** What can be asked of a run: its report, its end, the same once more. */
export function RunActions({ run, isOver }: { run: PipelineRunView; isOver: boolean }) {
  const { t, language } = usePage();
  const me = useMe();
  const may = mayChangeRun(me, run.environments);
  return (
    <div className="board-actions">
      {isOver && (
        <a
          className="button"
          href={`/api/pipelines/${run.id}/report?lang=${language}`}
          target="_blank"
          rel="noreferrer"
        >
          {t('pipeline.report')}
          <span className="unseen"> {t('page.newTab')}</span>
        </a>
      )}
      {may && (isOver ? <Retry run={run} /> : <Cancel run={run} />)}
    </div>
  );
}

function Retry({ run: { id } }: { run: PipelineRunView }) {
  const { t } = usePage();
  const { problem, isBusy, act } = useOnce();
  const retry = () =>
    act(
      (signal) => retryRun(id, signal),
      (next) => {
        location.hash = hashOf({ view: 'run', run: next.id, step: null });
      },
    );
  return (
    <>
      <button type="button" className="quiet" aria-disabled={isBusy} onClick={retry}>
        {t('pipeline.retry')}
      </button>
      {problem !== null && <Problem problem={problem} cutOff={t('change.cutOffShort')} />}
    </>
  );
}

function Cancel({ run: { id } }: { run: PipelineRunView }) {
  const { t, question } = usePage();
  const { problem, isBusy, act } = useOnce();
  const ask = () =>
    question.set({
      title: t('ask.cancelTitle', { number: id }),
      text: <p>{t('ask.cancelText')}</p>,
      yes: t('ask.cancelYes'),
      no: t('ask.keepOn'),
      grave: true,
      act: () => act((signal) => cancelRun(id, signal)),
    });
  return (
    <>
      <button type="button" className="quiet" aria-disabled={isBusy} onClick={ask}>
        {t('pipeline.cancel')}
      </button>
      {problem !== null && <Problem problem={problem} cutOff={t('change.cutOffShort')} />}
    </>
  );
}

/** Something that is asked for, one at a time; why it was refused. */
function useOnce() {
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const act = async <T,>(ask: (signal: AbortSignal) => Promise<Answer<T>>, done?: (value: T) => void) => {
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    const answer = await ask(new AbortController().signal);
    setBusy(false);
    if ('problem' in answer) setProblem(answer.problem);
    else done?.(answer.value);
  };
  return { problem, isBusy, act };
}
