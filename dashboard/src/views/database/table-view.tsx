import { askRows } from '../../api/ask.ts';
import type { RowsAnswer, RowsQuestion, TableInfo } from '../../api/types.ts';
import { type DatabaseRoute, hashOf, type TableRoute } from '../../state/database-route.ts';
import { bytes } from '../../words/format.ts';
import { type Page, usePage } from '../context.tsx';
import { useAnswer } from '../use-answer.ts';
import { ColumnList } from './column-list.tsx';
import { FilterForm } from './filter-form.tsx';
import { Pager, rangeText } from './pager.tsx';
import { ReadAgain, Reading } from './reading.tsx';
import { RowsGrid } from './rows-grid.tsx';
import { about } from './table-list.tsx';

const PAGE = 50;

interface TableViewProps {
  route: DatabaseRoute & { table: TableRoute };
  /** Undefined while it is not known. */
  info: TableInfo | undefined;
  againTables: () => void;
}

/** One table: what it is, and its rows, filtered, ordered and turned page by page; the address says which. */
export function TableView({ route, info, againTables }: TableViewProps) {
  const page = usePage();
  const { table } = route;
  const question = questionOf(table);
  const rows = useAnswer(JSON.stringify(question), (signal) => askRows(route, question, signal));
  const { value } = rows;
  const go = (change: Partial<TableRoute>) => {
    location.hash = hashOf({ ...route, table: { ...table, offset: 0, ...change } });
  };
  const again = () => {
    againTables();
    rows.again();
  };
  return (
    <div className="inside-database">
      {info !== undefined && <Facts info={info} />}
      {info !== undefined && <ColumnList info={info} />}
      <div className="row-tools">
        <FilterForm
          key={JSON.stringify(table.filter)}
          filter={table.filter}
          columns={(info ?? value)?.columns.map(({ name }) => name) ?? []}
          apply={(filter) => go({ filter })}
        />
        <Pager offset={table.offset} size={PAGE} rows={rows} turn={(offset) => go({ offset })} />
        <ReadAgain asked={rows} again={again} />
      </div>
      <Reading asked={rows} said={saidOf(value, table, page)}>
        {value !== null && value.rows.length === 0 && (
          <p className="none">{noRowsText(value, table, page)}</p>
        )}
        {value !== null && value.columns.length > 0 && (
          <RowsGrid
            table={table}
            info={info}
            answer={value}
            round={rows.at}
            order={(order) => go({ order })}
          />
        )}
      </Reading>
    </div>
  );
}

function questionOf({ schema, name, filter, order, offset }: TableRoute): RowsQuestion {
  return { schema, table: name, filter: filter === null ? [] : [filter], order, offset, limit: PAGE };
}

function saidOf(answer: RowsAnswer | null, table: TableRoute, page: Page): string {
  if (answer === null) return '';
  if (answer.rows.length === 0) return noRowsText(answer, table, page);
  return `${rangeText(table.offset, answer, page)}.`;
}

function noRowsText({ truncated }: RowsAnswer, { filter, offset }: TableRoute, { t }: Page): string {
  if (truncated) return t('rows.tooLong');
  if (offset > 0) return t('rows.noneFrom');
  return t(filter === null ? 'rows.empty' : 'rows.noneWith');
}

function Facts({ info }: { info: TableInfo }) {
  const page = usePage();
  const { t, locale } = page;
  const { kind, rows, bytes: size } = info;
  return (
    <p className="table-facts">
      {t('tables.facts', {
        kind: t(`tables.kind.${kind}`),
        rows: about(rows, page),
        size: bytes(size, locale),
      })}
    </p>
  );
}
