import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { QueryOptions } from '../../core/contracts/index.ts';
import { postgres } from './index.ts';
import { cache, place } from './testing/place.ts';
import { startServer } from './testing/server.ts';
import { inDatabase } from './testing/sql.ts';

const kind = postgres({ cache });
const owner = { after };

const at = await place(owner);
let server = await startServer(kind, at);
const url = kind.bindings(at).DATABASE_URL!;
await inDatabase(url, 'CREATE TABLE notes (id int PRIMARY KEY, text varchar(20))');

function query(sql: string, changes: Partial<QueryOptions> = {}, where = at) {
  return kind.database!.query(where, sql, { write: false, limit: 100, timeoutMs: 2000, ...changes });
}

test('values are the texts that PostgreSQL prints, with the names of their types', async () => {
  const answer = await query(
    `SELECT true AS yes, 1.50::numeric(5,2) AS price, null AS nothing, '{a,"b c"}'::text[] AS list,
      '2026-11-26 10:00+00'::timestamptz AS at, '\\xdead'::bytea AS bytes, '{"a": 1}'::json AS json, 'é' AS yes`,
  );
  assert.deepEqual(answer.columns, [
    { name: 'yes', type: 'boolean' },
    { name: 'price', type: 'numeric(5,2)' },
    { name: 'nothing', type: 'text' },
    { name: 'list', type: 'text[]' },
    { name: 'at', type: 'timestamp with time zone' },
    { name: 'bytes', type: 'bytea' },
    { name: 'json', type: 'json' },
    { name: 'yes', type: 'text' },
  ]);
  assert.deepEqual(answer.rows, [
    ['t', '1.50', null, '{a,"b c"}', '2026-11-26 10:00:00+00', '\\xdead', '{"a": 1}', 'é'],
  ]);
  assert.deepEqual([answer.command, answer.truncated], ['SELECT 1', false]);
  assert.ok(answer.tookMs > 0);
});

test('no more rows are asked for than are wanted', async () => {
  const few = await query('SELECT n FROM generate_series(1, 3) n', { limit: 3 });
  assert.deepEqual([few.rows.length, few.truncated, few.command], [3, false, 'SELECT 3']);
  const began = performance.now();
  const cut = await query('SELECT 1 FROM pg_class a, pg_class b, pg_class c', { limit: 3 });
  assert.deepEqual([cut.rows, cut.truncated, cut.command], [[['1'], ['1'], ['1']], true, '']);
  assert.ok(performance.now() - began < 5000, 'they would be 70 millions');
});

test('large values are cut off by rows, not kept in memory', async () => {
  const answer = await query("SELECT repeat('x', 10000000) FROM generate_series(1, 6)", {
    timeoutMs: 20_000,
  });
  assert.deepEqual([answer.rows.length, answer.truncated], [3, true]);
});

test('with write it writes as the owner; each statement stands alone', async () => {
  const write = { write: true };
  const inserted = await query("INSERT INTO notes VALUES (1, 'a'), (2, 'b') RETURNING id", write);
  assert.deepEqual([inserted.rows, inserted.command], [[['1'], ['2']], 'INSERT 0 2']);
  const cut = await query('INSERT INTO notes SELECT n FROM generate_series(10, 20) n RETURNING id', {
    write: true,
    limit: 1,
  });
  assert.ok(cut.truncated);
  assert.deepEqual((await query('SELECT count(*) FROM notes')).rows, [['13']], 'all were written');
  assert.equal((await query('VACUUM notes', write)).command, 'VACUUM');
  assert.equal((await query('CREATE INDEX CONCURRENTLY ON notes (text)', write)).command, 'CREATE INDEX');
  await assert.rejects(query('SELECT 1; DROP TABLE notes', write), { code: 'database-refused' });
  await assert.rejects(query("COPY notes FROM PROGRAM 'id'", write), { code: 'database-refused' });
});

test('one that exists elsewhere is written to, too', async () => {
  const elsewhere = { ...at, port: 0, folder: '/nowhere', external: url };
  await query("INSERT INTO notes VALUES (100, 'far')", { write: true }, elsewhere);
  await assert.rejects(query("INSERT INTO notes VALUES (100, 'far')", { write: true }, elsewhere));
  assert.deepEqual((await query('SELECT text FROM notes WHERE id = 100', {}, elsewhere)).rows, [['far']]);
});

test('a refusal is the server’s own, with its place', async () => {
  await assert.rejects(query('SELECT nam FROM notes'), (error: Error & { code: string; details: object }) => {
    assert.equal(error.code, 'database-refused');
    assert.equal(error.message, 'column "nam" does not exist');
    assert.deepEqual(
      { ...error.details },
      { sqlstate: '42703', position: 8, detail: undefined, hint: undefined },
    );
    return true;
  });
});

test('a statement that takes too long is ended', async () => {
  const began = performance.now();
  await assert.rejects(query('SELECT pg_sleep(60)', { timeoutMs: 300 }), {
    code: 'database-refused',
    message: 'it took longer than 0.3 s and was ended',
  });
  assert.ok(performance.now() - began < 10_000);
  const sneaky = "SELECT set_config('statement_timeout', '0', false), pg_sleep(60)";
  await assert.rejects(query(sneaky, { timeoutMs: 300 }), { code: 'database-refused' });
});

test('no password, and no statement, is ever in the output', async () => {
  await assert.rejects(query("ALTER ROLE nobody PASSWORD 'hunter2'", { write: true }));
  await inDatabase(url, "ALTER ROLE shop SET search_path = 'public'");
  assert.ok(!/hunter2|SCRAM|PASSWORD/.test(server.output()), server.output());
});

test('that it is away is said', async () => {
  await server.stop();
  await assert.rejects(query('SELECT 1'), {
    code: 'database-away',
    message: `db: nothing listens on 127.0.0.1:${at.port}`,
  });
  server = await startServer(kind, at);
  const running = query('SELECT pg_sleep(60)', { timeoutMs: 60_000 });
  const sleeping = "SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'";
  while ((await query(sleeping)).rows.length === 0);
  const refused = assert.rejects(running, { code: 'database-away', message: 'db: was stopped meanwhile' });
  await server.stop();
  await refused;
});
