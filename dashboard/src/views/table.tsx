import type { ReactNode } from 'react';

export interface Column<Row> {
  key: string;
  title: string;
  numeric?: boolean;
  /** Its cells name their row. */
  heads?: boolean;
  cell: (row: Row) => ReactNode;
}

interface TableProps<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string | number;
}

/** A table that becomes a list of cards on a narrow page; the roles keep it a table there for screen readers. */
export function Table<Row>({ caption, columns, rows, keyOf }: TableProps<Row>) {
  return (
    // biome-ignore-start lint/a11y: `display` other than table takes the native roles away, so they are written out
    <table role="table">
      <caption className="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ key, title, numeric }) => (
            <th key={key} role="columnheader" scope="col" className={numeric ? 'numeric' : undefined}>
              <span className={key === 'actions' ? 'unseen' : undefined}>{title}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map((column) => (
              <Cell key={column.key} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const { key, title, numeric, heads, cell } = column;
  const className = numeric ? 'numeric' : key === 'actions' ? 'actions' : undefined;
  const inside = (
    <>
      <span className="label" aria-hidden="true">
        {title}
      </span>
      <span className="value">{cell(row)}</span>
    </>
  );
  return heads ? (
    <th role="rowheader" scope="row" className={className}>
      {inside}
    </th>
  ) : (
    <td role="cell" className={className}>
      {inside}
    </td>
  );
}
// biome-ignore-end lint/a11y: see above
