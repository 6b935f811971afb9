import { escapeIdentifier } from 'pg';
import type { QueryAnswer, ResourceAt, RowsQuery, TableInfo } from '../../../core/contracts/index.ts';
import { EscaleError } from '../../../core/errors/index.ts';
import { enterReadOnly } from './enter.ts';
import { ask } from './query.ts';
import type { Session } from './session.ts';
import type { StatementText } from './statement.ts';
import { readNames, readTable } from './tables.ts';

const LONGEST_MS = 10_000;
const MOST_ROWS = 500;

/** Rows of one table. Throws `table-unknown` for names that are not there. */
export function rows(at: ResourceAt, query: RowsQuery): Promise<QueryAnswer> {
  return enterReadOnly(at, LONGEST_MS, async (session) => {
    const table = await readTable(session, query);
    if (table === null) throw await unknownTable(session, query);
    return ask(session, rowsStatement(table, query));
  });
}

/** The statement: names quoted, texts as parameters. The key has the last word on their order, so that pages fit together. */
export function rowsStatement(table: TableInfo, query: RowsQuery): StatementText {
  const filters = query.filter.map(
    ({ column }, index) => `${identifier(table, column)}::text ILIKE $${index + 1}`,
  );
  const order = [...(query.order === null ? [] : [orderBy(table, query.order)]), ...keyOrder(table, query)];
  const limit = Math.min(Math.max(query.limit, 1), MOST_ROWS);
  const parts = [
    `SELECT * FROM ${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)}`,
    ...(filters.length > 0 ? [`WHERE ${filters.join(' AND ')}`] : []),
    ...(order.length > 0 ? [`ORDER BY ${order.join(', ')}`] : []),
    `LIMIT ${limit + 1} OFFSET $${query.filter.length + 1}`,
  ];
  const values = [...query.filter.map(({ contains }) => containing(contains)), offsetOf(query)];
  return { sql: parts.join(' '), values, limit };
}

/** The key's columns, also after an order that was asked for: equal values would come in any order, and twice. */
function keyOrder({ columns }: TableInfo, { order }: RowsQuery): string[] {
  return columns
    .filter(({ key, name }) => key && name !== order?.column)
    .map(({ name }) => escapeIdentifier(name));
}

function orderBy(table: TableInfo, { column, descending }: NonNullable<RowsQuery['order']>): string {
  return `${identifier(table, column)} ${descending ? 'DESC NULLS LAST' : 'ASC NULLS FIRST'}`;
}

function identifier(table: TableInfo, column: string): string {
  const names = table.columns.map(({ name }) => name);
  if (names.includes(column)) return escapeIdentifier(column);
  throw new EscaleError(
    'table-unknown',
    `${table.schema}.${table.name} has no column ${JSON.stringify(column)}; it has ${list(names)}`,
  );
}

/** A pattern in which only what was typed counts. */
function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}

function offsetOf({ offset }: RowsQuery): string {
  return String(Math.max(0, Math.trunc(offset)) || 0);
}

async function unknownTable(session: Session, { schema, table }: RowsQuery): Promise<EscaleError> {
  const names = await readNames(session);
  const asked = JSON.stringify(`${schema}.${table}`);
  return new EscaleError('table-unknown', `there is no table ${asked}; there is ${list(names)}`);
}

const MOST_NAMES = 20;

function list(names: string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
