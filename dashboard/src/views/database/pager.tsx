import type { RowsAnswer } from '../../api/types.ts';
import { type Page, usePage } from '../context.tsx';
import type { Asked } from '../use-answer.ts';

interface PagerProps {
  offset: number;
  /** Rows on a page. */
  size: number;
  rows: Asked<RowsAnswer>;
  turn: (offset: number) => void;
}

/** Which rows are shown, and the way to those before and after. */
export function Pager({ offset, size, rows, turn }: PagerProps) {
  const { value: answer, isLoading } = rows;
  const page = usePage();
  const { t } = page;
  const isFirst = offset === 0;
  const isLast = answer === null || !answer.truncated;
  // Long rows make short pages; one that is too long for any page is passed over.
  const next = offset + Math.max(1, answer?.rows.length ?? 0);
  return (
    <nav className="pager" aria-label={t('rows.pages')}>
      <button
        type="button"
        className="quiet"
        aria-disabled={isFirst}
        onClick={() => isFirst || turn(Math.max(0, offset - size))}
      >
        {t('rows.previous')}
      </button>
      <span>{isLoading ? t('database.loading') : answer !== null && rangeText(offset, answer, page)}</span>
      <button type="button" className="quiet" aria-disabled={isLast} onClick={() => isLast || turn(next)}>
        {t('rows.next')}
      </button>
    </nav>
  );
}

/** `Rows 51 to 100`; empty where there are none. */
export function rangeText(offset: number, { rows, truncated }: RowsAnswer, { t }: Page): string {
  if (rows.length === 0) return '';
  const values = { from: offset + 1, to: offset + rows.length };
  return t(truncated ? 'rows.range' : 'rows.rangeLast', values);
}
