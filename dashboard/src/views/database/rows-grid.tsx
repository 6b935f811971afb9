import { useEffect, useRef } from 'react';
import type { RowsAnswer, TableInfo } from '../../api/types.ts';
import type { TableRoute } from '../../state/database-route.ts';
import { inert } from '../../words/inert.ts';
import { usePage } from '../context.tsx';
import { Name } from '../text.tsx';
import { Cell } from './cell.tsx';

type Order = TableRoute['order'];

interface RowsGridProps {
  table: TableRoute;
  info: TableInfo | undefined;
  answer: RowsAnswer;
  /** Another one for each answer: nothing that was opened in the rows before stays open. */
  round: number;
  order: (order: Order) => void;
}

/** The rows as a grid that scrolls by itself; a column's heading orders by it. */
export function RowsGrid({ table, info, answer, round, order }: RowsGridProps) {
  const { t } = usePage();
  const title = t('rows.title', { table: inert(table.name) });
  const box = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page begins at its top
  useEffect(() => {
    if (box.current !== null) box.current.scrollTop = 0;
  }, [table.offset]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section ref={box} className="grid-box" tabIndex={0} aria-label={title}>
      <table className="grid">
        <caption className="unseen">{title}</caption>
        <thead>
          <tr>
            {answer.columns.map((column) => (
              <Heading
                key={column.name}
                column={column}
                isKey={info?.columns.find(({ name }) => name === column.name)?.key ?? false}
                current={table.order}
                order={order}
              />
            ))}
          </tr>
        </thead>
        <tbody key={round}>
          {answer.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the page
            <tr key={index}>
              {answer.columns.map(({ name, type }, place) => (
                <td key={name} className={isNumeric(type) ? 'numeric' : undefined}>
                  <Cell value={row[place]!} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface HeadingProps {
  column: RowsAnswer['columns'][number];
  isKey: boolean;
  current: Order;
  order: (order: Order) => void;
}

function Heading({ column: { name, type }, isKey, current, order }: HeadingProps) {
  const { t } = usePage();
  const sort = current?.column !== name ? 'none' : current.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={sort} className={isNumeric(type) ? 'numeric' : undefined}>
      <button
        type="button"
        className="sort"
        aria-label={t('rows.orderBy', { column: inert(name) })}
        onClick={() => order(nextOrder(name, sort))}
      >
        <Name>{name}</Name>
        <span className={`sort-mark sort-${sort}`} aria-hidden="true" />
      </button>
      <small>
        <Name>{type}</Name>
        {isKey && ` · ${t('columns.key')}`}
      </small>
    </th>
  );
}

/** Up, then down, then as it comes. */
function nextOrder(column: string, sort: 'none' | 'ascending' | 'descending'): Order {
  return sort === 'descending' ? null : { column, descending: sort === 'ascending' };
}

function isNumeric(type: string): boolean {
  return /^(smallint|integer|bigint|real|double precision|numeric(\(.*\))?|oid)$/.test(type);
}
