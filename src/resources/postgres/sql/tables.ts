import type { ResourceAt, TableInfo } from '../../../core/contracts/index.ts';
import { enterReadOnly } from './enter.ts';
import type { Session } from './session.ts';

const LONGEST_MS = 10_000;

/** Tables and views of a database with their columns, without the server's own, by schema and name. */
export function tables(at: ResourceAt): Promise<TableInfo[]> {
  return enterReadOnly(at, LONGEST_MS, (session) => readTables(session, null));
}

/** One of them, or null. */
export async function readTable(session: Session, table: TableName): Promise<TableInfo | null> {
  return (await readTables(session, table))[0] ?? null;
}

/** The names of all, as people write them. */
export async function readNames(session: Session): Promise<string[]> {
  return (await readTables(session, null)).map(({ schema, name }) => `${schema}.${name}`);
}

export interface TableName {
  schema: string;
  table: string;
}

async function readTables(session: Session, only: TableName | null): Promise<TableInfo[]> {
  const one = only === null ? '' : 'AND n.nspname = $1 AND c.relname = $2';
  const values = only === null ? [] : [only.schema, only.table];
  const { rows } = await session.run({ sql: tablesSql(one), values });
  return rows.map(([table]) => JSON.parse(table!) as TableInfo);
}

/** Each name with its schema: the answer must not depend on what a database put before `pg_catalog`. */
function tablesSql(one: string): string {
  return `
    SELECT pg_catalog.json_build_object(
      'schema', n.nspname,
      'name', c.relname,
      'kind', CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
        WHEN 'p' THEN 'partitioned table' ELSE 'foreign table' END,
      'rows', CASE WHEN c.reltuples >= 0 AND c.relkind <> 'v' THEN c.reltuples::int8 END,
      'bytes', CASE WHEN c.relkind = 'p'
        THEN (SELECT coalesce(sum(pg_catalog.pg_total_relation_size(p.relid)), 0)
              FROM pg_catalog.pg_partition_tree(c.oid) p)
        ELSE pg_catalog.pg_total_relation_size(c.oid) END,
      'columns', coalesce(columns.list, '[]'::json))
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN LATERAL (
      SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
        'name', a.attname,
        'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
        'nullable', NOT a.attnotnull,
        'default', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
        'key', coalesce(a.attnum = ANY (k.indkey::int2[]), false)) ORDER BY a.attnum) AS list
      FROM pg_catalog.pg_attribute a
      LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      LEFT JOIN pg_catalog.pg_index k ON k.indrelid = c.oid AND k.indisprimary
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ) columns ON true
    WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f')
      AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' ${one}
    ORDER BY n.nspname, c.relname`;
}
