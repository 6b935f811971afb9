import { hashOf } from '../../state/route.ts';
import type { StepLog } from '../../state/run-log.ts';
import { duration } from '../../words/format.ts';
import { usePage } from '../context.tsx';
import { Name } from '../text.tsx';
import { Since } from '../time.tsx';
import { RunState } from './run-state.tsx';

interface StepListProps {
  run: number;
  steps: readonly StepLog[];
  /** Whose log is shown. */
  shown: string | null;
}

/** The steps of a run as they are done, each with its state, its time and the way to its log. */
export function StepList({ run, steps, shown }: StepListProps) {
  const { t } = usePage();
  return (
    <ol className="run-steps" aria-label={t('pipeline.steps', { number: run })}>
      {steps.map((step) => (
        <li key={step.name} className={`run-step run-step-${step.state}`}>
          <a
            className="run-step-link"
            href={hashOf({ view: 'run', run, step: step.name })}
            aria-current={step.name === shown ? 'true' : undefined}
          >
            <span className="run-step-name">
              <Name>{step.name}</Name>
            </span>
            <RunState state={step.state} />
            <span className="run-step-time">
              <StepTime step={step} />
            </span>
            {step.tests !== null && <Tests tests={step.tests} />}
          </a>
        </li>
      ))}
    </ol>
  );
}

function StepTime({ step: { state, ms, startedAt } }: { step: StepLog }) {
  const { locale } = usePage();
  if (state === 'running' && startedAt !== null) return <Since at={startedAt} />;
  if (ms === null || state === 'cached' || state === 'skipped') return null;
  return duration(ms, locale);
}

function Tests({ tests: { passed, failed, skipped } }: { tests: NonNullable<StepLog['tests']> }) {
  const { t } = usePage();
  const parts = [
    t('tests.passed', { count: passed }),
    ...(failed > 0 ? [t('tests.failed', { count: failed })] : []),
    ...(skipped > 0 ? [t('tests.skipped', { count: skipped })] : []),
  ];
  return <span className="run-step-tests">{parts.join(' · ')}</span>;
}
