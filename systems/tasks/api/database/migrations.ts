import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Client } from 'pg';

/** One step of the database's shape: a file of SQL, run once, in its own transaction. */
export interface Migration {
  name: string;
  sql: string;
  /** SHA-256 of the SQL, hexadecimal. */
  sum: string;
}

/** The migrations of a folder, in the order of their names. */
export function readMigrations(folder: string): Migration[] {
  return globSync('*.sql', { cwd: folder })
    .sort()
    .map((name) => {
      const sql = readFileSync(path.join(folder, name), 'utf8');
      return { name, sql, sum: createHash('sha256').update(sql).digest('hex') };
    });
}

/** Held while migrating, so that two at once run one after the other: the letters `tasks`. */
const lock = 0x7461736b73;

/**
 * Runs what has not been run yet, each in its transaction with its record, and returns the names. Rejects with the
 * database's error when one fails (that one leaves no trace), and when one that was run has changed since.
 */
export async function migrate(client: Client, migrations: Migration[]): Promise<string[]> {
  await client.query('select pg_advisory_lock($1)', [lock]);
  try {
    await client.query(
      'create table if not exists migrations (name text primary key, sum text not null, run timestamptz default now())',
    );
    const { rows } = await client.query<{ name: string; sum: string }>('select name, sum from migrations');
    const missing = notYetRun(migrations, new Map(rows.map(({ name, sum }) => [name, sum])));
    for (const migration of missing) await runOne(client, migration);
    return missing.map(({ name }) => name);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [lock]);
  }
}

function notYetRun(migrations: Migration[], sums: Map<string, string>): Migration[] {
  const changed = migrations.find(({ name, sum }) => sums.has(name) && sums.get(name) !== sum);
  if (changed)
    throw new Error(`${changed.name} was run before and has changed since: write a new one instead`);
  return migrations.filter(({ name }) => !sums.has(name));
}

async function runOne(client: Client, { name, sql, sum }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query('insert into migrations (name, sum) values ($1, $2)', [name, sum]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}
