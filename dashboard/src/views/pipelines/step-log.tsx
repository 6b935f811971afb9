import { memo, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { OutputLine, StepLog as Step } from '../../state/run-log.ts';
import { moment } from '../../words/format.ts';
import { inert, plainLine } from '../../words/inert.ts';
import { usePage } from '../context.tsx';
import { Name, Said } from '../text.tsx';

/** So close to its end a reader follows it, px. */
const AT_END = 24;

/** What a step writes, in a box that never grows: it follows the end, unless its reader has scrolled up. */
export function StepLog({ run, step }: { run: number; step: Step }) {
  const { t } = usePage();
  const id = useId();
  const { name, lines, count, state, reason } = step;
  const { box, isFollowing, follow, scrolled } = useFollowing(count);
  return (
    <section className="step-log" aria-labelledby={id}>
      <div className="step-log-head">
        <h3 id={id}>{t('steplog.title', { step: inert(name) })}</h3>
        <button type="button" className="quiet small" aria-disabled={isFollowing} onClick={follow}>
          {t(isFollowing ? 'steplog.following' : 'steplog.follow')}
        </button>
        <a href={`/api/pipelines/${run}/log`} target="_blank" rel="noreferrer">
          {t('steplog.whole')}
        </a>
      </div>
      <p className="step-log-reason">
        {reason === '' ? t('steplog.lines', { count }) : <Said>{reason}</Said>}
        {count > lines.length && ` · ${t('steplog.cut', { count: lines.length })}`}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <pre ref={box} className="step-lines" tabIndex={0} onScroll={scrolled}>
        {count === 0 && <span className="quiet-text">{t(noLineWord(state))}</span>}
        <Lines lines={lines} />
      </pre>
    </section>
  );
}

function noLineWord(state: Step['state']) {
  if (state === 'waiting') return 'steplog.waiting';
  return state === 'running' ? 'steplog.silent' : 'steplog.none';
}

/** Scrolls to the end at each change while the reader is there. */
function useFollowing(count: number) {
  const box = useRef<HTMLPreElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const toEnd = () => {
    if (box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: each line that comes moves the end
  useLayoutEffect(() => {
    if (isFollowing) toEnd();
  }, [count, isFollowing]);
  useEffect(() => {
    const resized = new ResizeObserver(() => isFollowing && toEnd());
    resized.observe(box.current!);
    return () => resized.disconnect();
  });
  const scrolled = () => {
    const { scrollTop, clientHeight, scrollHeight } = box.current!;
    setFollowing(scrollHeight - scrollTop - clientHeight < AT_END);
  };
  return { box, isFollowing, follow: () => setFollowing(true), scrolled };
}

const Lines = memo(({ lines }: { lines: readonly OutputLine[] }) =>
  lines.map((line) => <Line key={line.index} line={line} />),
);

const Line = memo(({ line: { stream, text, at } }: { line: OutputLine }) => {
  const { locale } = usePage();
  return (
    <span className={`line line-${stream}`}>
      <time dateTime={new Date(at).toISOString()}>{moment(at, Date.now(), locale)}</time>{' '}
      {stream === 'escale' ? <Said>{text}</Said> : <Name>{plainLine(text)}</Name>}
      {'\n'}
    </span>
  );
});
