import path from 'node:path';
import { Client } from 'pg';
import { migrate, readMigrations } from './database/migrations.ts';
import { databaseUrl } from './database/url.ts';

/** Brings the database of `DATABASE_URL` to the shape that this release needs; can be repeated. */
async function main(): Promise<void> {
  const client = new Client({ connectionString: databaseUrl(process.env), connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const run = await migrate(client, readMigrations(path.join(import.meta.dirname, 'migrations')));
    console.log(run.length === 0 ? 'nothing to migrate' : `migrated: ${run.join(', ')}`);
  } finally {
    await client.end();
  }
}

main().catch((error: Error) => {
  console.error(`not migrated: ${error.message}`);
  process.exit(1);
});
