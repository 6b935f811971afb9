import { type ColumnType, type Generated, Kysely, PostgresDialect } from 'kysely';
import { Pool, types } from 'pg';

/** The tables, as migrations make them. */
export interface Tables {
  todos: {
    id: Generated<number>;
    list: ColumnType<string, string, never>;
    title: string;
    completed: Generated<boolean>;
    order: number | null;
    created: Generated<Date>;
    /** Chosen by the client; null: none. */
    key: ColumnType<string | null, string | undefined, string | undefined>;
  };
}

export type Database = Kysely<Tables>;

const int8 = 20;

/**
 * A database behind a pool: connections are made when needed, given up when they don't come, and replaced when they
 * break. `destroy()` closes it.
 */
export function openDatabase(connectionString: string, env: NodeJS.ProcessEnv = {}): Database {
  const pool = new Pool({
    connectionString,
    max: Number(env.POOL_SIZE || 10),
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 5000,
    query_timeout: 6000,
    keepAlive: true,
    application_name: 'tasks-api',
    types: { getTypeParser: (id, format) => (id === int8 ? Number : types.getTypeParser(id, format)) },
  });
  // A connection that breaks at work fails its query, and tells it once more as an event that must have a listener.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', (error) => console.error(`an idle connection broke: ${error.message}`));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/** Rejects when the database can't be reached within its limits, or has not been migrated. */
export async function checkDatabase(database: Database): Promise<void> {
  await database.selectFrom('todos').select('id').limit(0).execute();
}

/** SQL states and system errors of a database that is away, full or stopping: the request may be tried again. */
const away = /^(08...|53...|57P0.|57014|25006|ECONN.*|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENOENT)$/;
const awayMessages = /timeout|Connection terminated|connection error|client has encountered/i;

/** Whether an error says that the database is away, rather than that a query is wrong. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof AggregateError) return error.errors.some(isAway);
  return away.test(code ?? '') || (code === undefined && awayMessages.test(error.message));
}
