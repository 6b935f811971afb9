import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { Client } from 'pg';
import { runMigrate } from '../testing/api.ts';
import { startServer } from '../testing/instance.ts';
import { startPostgres, withoutPostgres } from '../testing/postgres.ts';
import { type Migration, migrate } from './migrations.ts';

const step = (name: string, sql: string, sum = name): Migration => ({ name, sql, sum });

suite('migrations', { skip: withoutPostgres }, async () => {
  if (withoutPostgres) return;
  const postgres = await startPostgres({ after });

  async function connect(): Promise<Client> {
    const client = new Client({ connectionString: await postgres.createDatabase() });
    await client.connect();
    return client;
  }

  test('are run once, by however many at a time', async () => {
    const url = await postgres.createDatabase();
    const runs = await Promise.all([runMigrate(url), runMigrate(url), runMigrate(url)]);
    assert.deepEqual(
      runs.map(({ code }) => code),
      [0, 0, 0],
    );
    assert.deepEqual(runs.map(({ output }) => output).sort(), [
      'migrated: 0001-todos.sql, 0002-tell-changes.sql, 0003-add-once.sql\n',
      'nothing to migrate\n',
      'nothing to migrate\n',
    ]);
  });

  test('one that fails leaves no trace, those before it stay', async () => {
    const client = await connect();
    const steps = [step('1', 'create table a (n int)'), step('2', 'create table b (n int); select nothing')];
    await assert.rejects(migrate(client, steps), /^Error: 2: column "nothing" does not exist/);
    const { rows } = await client.query(
      "select to_regclass('a') is not null as a, to_regclass('b') is not null as b",
    );
    assert.deepEqual(rows, [{ a: true, b: false }]);
    assert.deepEqual(await migrate(client, [steps[0]!, step('2', 'create table b (n int)')]), ['2']);
    await client.end();
  });

  test('one that was run must not change', async () => {
    const client = await connect();
    await migrate(client, [step('1', 'select 1')]);
    await assert.rejects(
      migrate(client, [step('1', 'select 2', 'other')]),
      /1 was run before and has changed since/,
    );
    await client.end();
  });

  test('without a database: exit 1 and the reason', async () => {
    const { code, errors } = await runMigrate('postgres://nobody@127.0.0.1:1/none');
    assert.equal(code, 1);
    assert.match(errors, /^not migrated: .*ECONNREFUSED/);
  });

  test('an API on a database that is not migrated is alive but not ready', async (t) => {
    const { url } = await startServer(t, { DATABASE_URL: await postgres.createDatabase() });
    assert.equal((await fetch(`${url}/livez`)).status, 200);
    const ready = await fetch(`${url}/readyz`);
    assert.equal(ready.status, 503);
    assert.match(await ready.text(), /todos.* does not exist/);
  });
});
