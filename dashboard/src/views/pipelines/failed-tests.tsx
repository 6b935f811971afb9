import { useId } from 'react';
import type { StepLog, TestFailure } from '../../state/run-log.ts';
import { plainLine } from '../../words/inert.ts';
import { usePage } from '../context.tsx';
import { Name } from '../text.tsx';

/** Before all else, what a person came to see: which tests failed, where, and why. */
export function FailedTests({ steps }: { steps: readonly StepLog[] }) {
  const { t } = usePage();
  const id = useId();
  const failures = steps.flatMap(({ name, failures }) =>
    failures.map((failure) => ({ step: name, failure })),
  );
  if (failures.length === 0) return null;
  const count = Math.max(failures.length, sumOf(steps));
  return (
    <section className="failed-tests" aria-labelledby={id}>
      <h3 id={id}>{t('tests.title', { count })}</h3>
      <ol>
        {failures.map(({ step, failure }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two tests may have the same name
          <Failure key={index} step={step} failure={failure} />
        ))}
      </ol>
      {count > failures.length && (
        <p className="none">{t('tests.more', { count: count - failures.length })}</p>
      )}
    </section>
  );
}

function sumOf(steps: readonly StepLog[]): number {
  return steps.reduce((sum, { tests }) => sum + (tests?.failed ?? 0), 0);
}

function Failure({ step, failure: { name, file, line, message } }: { step: string; failure: TestFailure }) {
  return (
    <li className="failed-test">
      <p>
        <strong>
          <Name>{name}</Name>
        </strong>
        {file !== null && (
          <>
            {' '}
            <code className="at">
              <Name>{line === null ? file : `${file}:${line}`}</Name>
            </code>
          </>
        )}{' '}
        <span className="tag">
          <Name>{step}</Name>
        </span>
      </p>
      {message !== '' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <pre tabIndex={0}>{message.split('\n').map(plainLine).join('\n')}</pre>
      )}
    </li>
  );
}
