import type { TableInfo } from '../../api/types.ts';
import { inert } from '../../words/inert.ts';
import { type Page, usePage } from '../context.tsx';
import { type Column, Table } from '../table.tsx';
import { Name } from '../text.tsx';

type ColumnInfo = TableInfo['columns'][number];

/** What a table is made of. */
export function ColumnList({ info: { name, columns } }: { info: TableInfo }) {
  const page = usePage();
  const { t } = page;
  return (
    <details className="column-list">
      <summary>{t('columns.show', { count: columns.length })}</summary>
      <Table
        caption={t('columns.caption', { table: inert(name) })}
        columns={factColumns(page)}
        rows={columns}
        keyOf={(column) => column.name}
      />
    </details>
  );
}

function factColumns({ t }: Page): Column<ColumnInfo>[] {
  return [
    {
      key: 'name',
      title: t('columns.name'),
      heads: true,
      cell: ({ name, key }) => (
        <>
          <Name>{name}</Name> {key && <span className="tag">{t('columns.key')}</span>}
        </>
      ),
    },
    { key: 'type', title: t('columns.type'), cell: ({ type }) => <Name>{type}</Name> },
    {
      key: 'nullable',
      title: t('columns.nullable'),
      cell: ({ nullable }) => t(nullable ? 'columns.mayBeNull' : 'columns.neverNull'),
    },
    {
      key: 'default',
      title: t('columns.default'),
      cell: (column) =>
        column.default === null ? (
          t('columns.noDefault')
        ) : (
          <code>
            <Name>{column.default}</Name>
          </code>
        ),
    },
  ];
}
