import { type ReactNode, useEffect } from 'react';
import { moment } from '../../words/format.ts';
import { inert } from '../../words/inert.ts';
import { serverText } from '../../words/server-text.ts';
import { usePage } from '../context.tsx';
import { Problem } from '../problem.tsx';
import type { Asked } from '../use-answer.ts';

interface ReadingProps {
  asked: Asked<unknown>;
  /** What a screen reader is told once it is there. */
  said: string;
  children: ReactNode;
}

/** What was asked for: it is awaited, it is there, or why it is not. */
export function Reading({ asked, said, children }: ReadingProps) {
  const { t } = usePage();
  const { value, problem, isLoading } = asked;
  useAnnouncement(asked, said);
  return (
    <div className={isLoading ? 'reading' : undefined} aria-busy={isLoading}>
      {isLoading && value === null && <p className="none">{t('database.loading')}</p>}
      {problem !== null && <Problem problem={problem} cutOff={t('database.cutOff')} />}
      {children}
    </div>
  );
}

function useAnnouncement({ at, problem }: Asked<unknown>, said: string): void {
  const { t, language, say } = usePage();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each answer
  useEffect(() => {
    if (at === 0) return;
    if (problem === null) return say(said);
    const { code, message } = problem;
    say(code === 'cut-off' ? t('database.cutOff') : inert(serverText(message, language).text));
  }, [at]);
}

/** Asks once more, and says how old what is shown is. */
export function ReadAgain({ asked, again }: { asked: Asked<unknown>; again: () => void }) {
  const { t, locale } = usePage();
  const { at, isLoading } = asked;
  return (
    <span className="read-again">
      {at > 0 && <small>{t('database.asOf', { time: moment(at, at, locale) })}</small>}
      <button type="button" className="quiet" aria-disabled={isLoading} onClick={() => isLoading || again()}>
        {t('database.again')}
      </button>
    </span>
  );
}
