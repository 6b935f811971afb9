import type { TableInfo, TablesAnswer } from '../../api/types.ts';
import { type DatabaseRoute, hashOf, wholeTable } from '../../state/database-route.ts';
import { bytes } from '../../words/format.ts';
import { inert } from '../../words/inert.ts';
import { type Page, usePage } from '../context.tsx';
import { type Column, Table } from '../table.tsx';
import { Name } from '../text.tsx';
import type { Asked } from '../use-answer.ts';
import { ReadAgain, Reading } from './reading.tsx';

/** The tables and views of a database. */
export function TableList({ route, tables }: { route: DatabaseRoute; tables: Asked<TablesAnswer> }) {
  const page = usePage();
  const { t } = page;
  const { value } = tables;
  const said = value === null ? '' : t('tables.said', { count: value.length });
  return (
    <div className="inside-database">
      <p className="row-tools">
        <ReadAgain asked={tables} again={tables.again} />
      </p>
      <Reading asked={tables} said={said}>
        {value?.length === 0 && <p className="none">{t('tables.none')}</p>}
        {value !== null && value.length > 0 && (
          <Table
            caption={t('tables.caption', { resource: inert(route.resource) })}
            columns={tableColumns(page, route)}
            rows={value}
            keyOf={({ schema, name }) => JSON.stringify([schema, name])}
          />
        )}
      </Reading>
    </div>
  );
}

function tableColumns(page: Page, route: DatabaseRoute): Column<TableInfo>[] {
  const { t, locale } = page;
  return [
    {
      key: 'name',
      title: t('tables.name'),
      heads: true,
      cell: ({ schema, name }) => (
        <a href={hashOf({ ...route, table: wholeTable(schema, name) })}>
          <Name>{name}</Name>
        </a>
      ),
    },
    { key: 'schema', title: t('tables.schema'), cell: ({ schema }) => <Name>{schema}</Name> },
    { key: 'kind', title: t('tables.kind'), cell: ({ kind }) => t(`tables.kind.${kind}`) },
    { key: 'rows', title: t('tables.rows'), numeric: true, cell: ({ rows }) => about(rows, page) },
    { key: 'size', title: t('tables.size'), numeric: true, cell: (table) => bytes(table.bytes, locale) },
  ];
}

/** How many rows there are, as the database believes. */
export function about(rows: number | null, { t }: Page): string {
  return rows === null ? t('tables.notCounted') : t('tables.about', { count: rows });
}
