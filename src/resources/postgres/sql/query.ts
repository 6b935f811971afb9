import type { FieldDef } from 'pg';
import type { QueryAnswer, QueryOptions, ResourceAt } from '../../../core/contracts/index.ts';
import { enter, enterReadOnly, timeout } from './enter.ts';
import type { Session } from './session.ts';
import type { Answer, StatementText } from './statement.ts';

/** One statement, as `Database.query` says. */
export function query(at: ResourceAt, sql: string, options: QueryOptions): Promise<QueryAnswer> {
  const text = { sql, limit: options.limit };
  if (!options.write) return enterReadOnly(at, options.timeoutMs, (session) => ask(session, text));
  return enter(at, { role: 'owner', timeoutMs: options.timeoutMs }, (session) =>
    at.external === null ? write(session, text, options) : writeElsewhere(session, text, options),
  );
}

/** Runs a statement and says what it answered, with its time and the names of its types. */
export async function ask(session: Session, text: StatementText): Promise<QueryAnswer> {
  const began = performance.now();
  const answer = await session.run(text);
  const tookMs = performance.now() - began;
  return toQueryAnswer(answer, await typesOf(session, answer.fields), tookMs);
}

/** No transaction around it, so that VACUUM and the like work. */
async function write(
  session: Session,
  text: StatementText,
  { timeoutMs }: QueryOptions,
): Promise<QueryAnswer> {
  await session.run(timeout(timeoutMs, false));
  return ask(session, text);
}

/** In a transaction: behind a pooler nothing may stay with the connection. */
async function writeElsewhere(
  session: Session,
  text: StatementText,
  { timeoutMs }: QueryOptions,
): Promise<QueryAnswer> {
  await session.run({ sql: 'BEGIN TRANSACTION READ WRITE' });
  await session.run(timeout(timeoutMs, true));
  const answer = await ask(session, text);
  await session.run({ sql: 'COMMIT' });
  return answer;
}

/** As psql prints them: `character varying(20)`. */
async function typesOf(session: Session, fields: FieldDef[]): Promise<string[]> {
  if (fields.length === 0) return [];
  const ids = fields.map(({ dataTypeID }) => dataTypeID);
  const modifiers = fields.map(({ dataTypeModifier }) => dataTypeModifier);
  const { rows } = await session.run({
    sql: `SELECT pg_catalog.format_type(id, modifier)
      FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.int4[]))
        WITH ORDINALITY AS type(id, modifier, place)
      ORDER BY place`,
    values: [`{${ids.join()}}`, `{${modifiers.join()}}`],
  });
  return rows.map(([name]) => name ?? '');
}

function toQueryAnswer(answer: Answer, types: string[], tookMs: number): QueryAnswer {
  const { rows, command, truncated } = answer;
  const columns = answer.fields.map(({ name }, index) => ({ name, type: types[index]! }));
  return { columns, rows, command, truncated, tookMs };
}
