import type { ApiProblem } from '../api/types.ts';
import { inert } from '../words/inert.ts';
import { usePage } from './context.tsx';
import { Commands, Said } from './text.tsx';

/** What went wrong, what can be done about it, and its code; `cutOff` is said where no answer came. */
export function Problem({ problem, cutOff }: { problem: ApiProblem; cutOff: string }) {
  const { t } = usePage();
  const { code, message, next } = problem;
  const isCutOff = code === 'cut-off';
  return (
    <div className="problem">
      <p>{isCutOff ? cutOff : <Said>{message}</Said>}</p>
      {next && (
        <p>
          {t('change.next', { next: '' })}
          <Commands>{next}</Commands>
        </p>
      )}
      {!isCutOff && (
        <p>
          <code>{inert(code)}</code>
        </p>
      )}
    </div>
  );
}
