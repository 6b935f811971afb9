import { useEffect, useId, useRef } from 'react';
import type { Change, ChangeKind } from '../state/change.ts';
import { titleOf, verdictOf } from '../words/change-text.ts';
import { duration } from '../words/format.ts';
import { Badge, type Tone } from './badge.tsx';
import { ChangeSteps } from './change-steps.tsx';
import { useChanges, usePage, useStore } from './context.tsx';
import { Problem } from './problem.tsx';
import { Said } from './text.tsx';

/** Which changes are shown: of a system, of a place, or of some kinds. */
interface Shown {
  system?: string;
  environment?: string;
  kinds?: readonly ChangeKind[];
  but?: readonly ChangeKind[];
}

/** What was asked for on this page, each change from the click to its end. */
export function ChangeList({ of }: { of: Shown }) {
  const { t } = usePage();
  const id = useId();
  const { system, environment, kinds, but = [] } = of;
  const changes = useChanges().filter(
    ({ place, kind }) =>
      (system === undefined || place.system === system) &&
      (environment === undefined || place.environment === environment) &&
      (kinds === undefined || kinds.includes(kind)) &&
      !but.includes(kind),
  );
  if (changes.length === 0) return null;
  return (
    <section className="changes" aria-labelledby={id}>
      <h3 id={id} className="unseen">
        {t('change.title')}
      </h3>
      {changes.map((change) => (
        <ChangeCard key={change.id} change={change} />
      ))}
    </section>
  );
}

const TONES: Record<Change['outcome'], Tone> = {
  running: 'note',
  done: 'go',
  nothing: 'plain',
  waiting: 'wait',
  'not-taken': 'wait',
  error: 'stop',
};

function ChangeCard({ change }: { change: Change }) {
  const page = usePage();
  const { t, session, clock } = page;
  const now = useStore(clock);
  const card = useRef<HTMLElement>(null);
  const { outcome, endedAt, beganAt } = change;
  const title = titleOf(change, t);
  useEffect(() => focusIfLost(card.current), []);
  return (
    <article ref={card} className={`change change-${outcome}`} tabIndex={-1} aria-label={title}>
      <div className="change-head">
        <h4>{title}</h4>
        <Badge tone={TONES[outcome]}>{verdictOf(change, page)}</Badge>
        {endedAt === null && (
          <span className="timer">{duration(Math.max(0, now - beganAt), page.locale)}</span>
        )}
        {endedAt !== null && (
          <button
            type="button"
            className="quiet small"
            aria-label={`${t('act.dismiss')}: ${title}`}
            onClick={() => session.dismiss(change.id)}
          >
            {t('act.dismiss')}
          </button>
        )}
      </div>
      <ChangeWords change={change} />
      {change.steps.length > 0 && <ChangeSteps change={change} title={title} />}
    </article>
  );
}

/** What stood in focus may be gone with its row: the change it asked for takes its place. */
function focusIfLost(card: HTMLElement | null): void {
  if (document.activeElement === document.body) card?.focus({ preventScroll: true });
}

function ChangeWords({ change }: { change: Change }) {
  const { t } = usePage();
  const { notes, reason, problem, returningTo } = change;
  return (
    <>
      {notes.map((note) => (
        <p key={note} className="note">
          <Said>{note}</Said>
        </p>
      ))}
      {returningTo !== undefined && (
        <p className="note">
          {returningTo === null
            ? t('change.returningNothing')
            : t('change.returning', { number: returningTo })}
        </p>
      )}
      {reason !== '' && (
        <p className="reason">
          <Said>{reason}</Said>
        </p>
      )}
      {problem !== null && <Problem problem={problem} cutOff={t('change.cutOff')} />}
    </>
  );
}
