import type { Operation } from '../api/types.ts';
import type { Change, Step } from '../state/change.ts';
import { duration } from '../words/format.ts';
import { inert } from '../words/inert.ts';
import type { Values } from '../words/translate.ts';
import { type Page, usePage } from './context.tsx';
import { Said } from './text.tsx';

/** The steps of a change as they are done, each with its time; folded away once all went well. */
export function ChangeSteps({ change, title }: { change: Change; title: string }) {
  const { t } = usePage();
  const { steps, outcome } = change;
  const done = steps.filter(({ state }) => state === 'done').length;
  return (
    <details className="steps" open={outcome !== 'done'} key={outcome === 'done' ? 'done' : 'open'}>
      <summary>
        {t('act.showSteps')} <span className="count">{`${done}/${steps.length}`}</span>
      </summary>
      <ol aria-label={t('change.steps', { change: title })}>
        {steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the plan
          <StepLine key={index} step={step} isOver={outcome !== 'running'} />
        ))}
      </ol>
    </details>
  );
}

function StepLine({ step, isOver }: { step: Step; isOver: boolean }) {
  const { t, locale } = usePage();
  const { operation, state, ms, reason, lastLines } = step;
  return (
    <li className={`step-line step-${state}`} aria-current={state === 'running' ? 'step' : undefined}>
      <span className="step-what">{stepText(operation, t)}</span>
      <span className="step-state">
        {t(isOver && state === 'waiting' ? 'step.skipped' : `step.${state}`)}
        {ms !== null && <span className="step-time"> {duration(ms, locale)}</span>}
      </span>
      {reason !== '' && (
        <p className="reason">
          <Said>{reason}</Said>
        </p>
      )}
      {lastLines.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <pre tabIndex={0}>{lastLines.map(inert).join('\n')}</pre>
      )}
    </li>
  );
}

/** One operation, in the reader's words. */
export function stepText(operation: Operation, t: Page['t']): string {
  const values: Values = {};
  for (const [name, value] of Object.entries(operation))
    if (typeof value === 'string') values[name] = inert(value);
    else if (typeof value === 'number') values[name] = value;
  if (operation.kind === 'route') {
    const routes = [...operation.add.map((one) => `+${one}`), ...operation.remove.map((one) => `−${one}`)];
    values.routes = inert(routes.join(' '));
  }
  const isElsewhere = operation.kind === 'provide' && operation.external;
  return t(isElsewhere ? 'step.reach' : `step.${operation.kind}`, values);
}
