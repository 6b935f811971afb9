import { askLog } from '../api/ask.ts';
import type { LogLine, Place } from '../api/types.ts';
import { moment } from '../words/format.ts';
import { inert } from '../words/inert.ts';
import { usePage } from './context.tsx';
import { Problem } from './problem.tsx';
import { Said } from './text.tsx';
import { useAnswer } from './use-answer.ts';

const TAIL = 500;

interface RunLogProps {
  id: string;
  place: Place;
  job: string;
  instance: string;
}

/** The last lines that a run wrote. */
export function RunLog({ id, place, job, instance }: RunLogProps) {
  const { t } = usePage();
  const { value, problem, isLoading, again } = useAnswer(instance, (signal) =>
    askLog(place, { service: job, instance, tail: TAIL }, signal),
  );
  const title = t('log.title', { instance: inert(instance) });
  return (
    <section id={id} className="run-log" aria-label={title} aria-busy={isLoading}>
      <p className="run-log-head">
        <span>{title}</span>
        <button type="button" className="quiet small" aria-disabled={isLoading} onClick={again}>
          {t('log.again')}
        </button>
      </p>
      {problem !== null && <Problem problem={problem} cutOff={t('log.cutOff')} />}
      {value === null && isLoading && <p className="none">{t('log.loading')}</p>}
      {value !== null && value.length === 0 && <p className="none">{t('log.none')}</p>}
      {value !== null && value.length >= TAIL && <p className="none">{t('log.cut', { count: TAIL })}</p>}
      {value !== null && value.length > 0 && <Lines lines={value} />}
    </section>
  );
}

function Lines({ lines }: { lines: LogLine[] }) {
  const { locale } = usePage();
  const now = Date.now();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <pre className="lines" tabIndex={0}>
      {lines.map(({ at, stream, text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the log
        <span key={index} className={`line line-${stream}`}>
          <time dateTime={new Date(at).toISOString()}>{moment(at, now, locale)}</time>{' '}
          {stream === 'escale' ? <Said>{text}</Said> : inert(text)}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
