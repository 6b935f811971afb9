import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { type Owner, type Running, startServer } from './instance.ts';
import { type Postgres, startPostgres, withoutPostgres } from './postgres.ts';

/** Where an API is that is tested instead of one of the test's own. */
export const delivered = process.env.TASKS_API_URL;

/** For a test's `skip`: false, or why there is no API to test. */
export const withoutApi = delivered || process.env.DATABASE_URL ? false : withoutPostgres;

/**
 * The API of `TASKS_API_URL`, or one that ends with its owner, on the database of `DATABASE_URL` (as in a pipeline) or on
 * one of its own; `list`: path of a list that nobody else has.
 */
export async function findApi(owner: Owner): Promise<{ url: string; list: string }> {
  if (delivered) return { url: delivered, list: `/l/${randomUUID()}/todos` };
  const { DATABASE_URL } = process.env;
  if (DATABASE_URL) {
    const { url } = await startMigrated(owner, DATABASE_URL);
    return { url, list: `/l/${randomUUID()}/todos` };
  }
  const { apis } = await startApi(owner, await startPostgres(owner));
  return { url: apis[0]!.url, list: '/todos' };
}

/** Runs `node migrate.ts`. */
export async function runMigrate(
  databaseUrl: string,
): Promise<{ code: number; output: string; errors: string }> {
  const child = spawn(process.execPath, ['migrate.ts'], {
    cwd: `${import.meta.dirname}/..`,
    env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit');
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await exit) as [number];
  return { code, output, errors };
}

async function startMigrated(owner: Owner, databaseUrl: string): Promise<Running> {
  const { code, errors } = await runMigrate(databaseUrl);
  if (code !== 0) throw new Error(errors);
  return startServer(owner, { DATABASE_URL: databaseUrl });
}

/** An API on a migrated database of its own, with as many replicas as asked for. */
export async function startApi(
  owner: Owner,
  postgres: Postgres,
  replicas = 1,
): Promise<{ databaseUrl: string; apis: Running[] }> {
  const databaseUrl = await postgres.createDatabase();
  const { code, errors } = await runMigrate(databaseUrl);
  if (code !== 0) throw new Error(errors);
  const starts = Array.from({ length: replicas }, () => startServer(owner, { DATABASE_URL: databaseUrl }));
  return { databaseUrl, apis: await Promise.all(starts) };
}
