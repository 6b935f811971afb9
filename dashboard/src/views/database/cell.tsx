import { useState } from 'react';
import { inert } from '../../words/inert.ts';
import { usePage } from '../context.tsx';
import { Name } from '../text.tsx';

/** Characters of a value that are shown at once. */
const SHOWN = 80;

/** A value as the database prints it; no value and an empty text are told apart, a long one is opened when asked for. */
export function Cell({ value }: { value: string | null }) {
  const { t } = usePage();
  if (value === null)
    return (
      <span className="no-value">
        NULL<span className="unseen"> ({t('rows.noValue')})</span>
      </span>
    );
  if (value === '') return <span className="empty-text">{t('rows.emptyText')}</span>;
  const first = firstOf(value);
  return first === value ? <Name>{value}</Name> : <LongValue value={value} first={first} />;
}

function LongValue({ value, first }: { value: string; first: string }) {
  const { t } = usePage();
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="long-value" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span>
          <Name>{first}</Name>…
        </span>
        <small>{t('rows.characters', { count: value.length })}</small>
      </summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <pre tabIndex={0}>
          <bdi>{value.split('\n').map(inert).join('\n')}</bdi>
        </pre>
      )}
    </details>
  );
}

/** Never half a character (of those that JavaScript keeps as two). */
function firstOf(value: string): string {
  if (value.length <= SHOWN) return value;
  return Array.from(value.slice(0, SHOWN + 1))
    .slice(0, -1)
    .join('');
}
