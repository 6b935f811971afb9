import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import type { ResourceAt } from '../../core/contracts/index.ts';
import { postgres } from './index.ts';
import { cache, place, temporary } from './testing/place.ts';
import { startServer } from './testing/server.ts';
import { inDatabase } from './testing/sql.ts';

const kind = postgres({ cache });
const owner = { after };
const traces = temporary(owner);

const at = await place(owner);
await startServer(kind, at);
const url = kind.bindings(at).DATABASE_URL!;
await inDatabase(
  url,
  'CREATE TABLE notes (id int PRIMARY KEY, text text)',
  "INSERT INTO notes VALUES (1, 'first')",
  'CREATE SEQUENCE numbers',
  `CREATE FUNCTION trusted() RETURNS int LANGUAGE sql SECURITY DEFINER
    AS $$ INSERT INTO notes VALUES (2, 'trusted') RETURNING id $$`,
  `CREATE PROCEDURE commits() LANGUAGE plpgsql
    AS $$ BEGIN COMMIT; SET TRANSACTION READ WRITE; INSERT INTO notes VALUES (3, 'x'); COMMIT; END $$`,
);

const WRITE = "INSERT INTO notes VALUES (9, 'x')";

/** Each must be refused. */
const REFUSED = [
  WRITE,
  "UPDATE notes SET text = 'x'",
  'DELETE FROM notes',
  'TRUNCATE notes',
  'DROP TABLE notes',
  'CREATE TABLE another (id int)',
  'CREATE TEMPORARY TABLE another (id int)',
  'SELECT * INTO another FROM notes',
  `WITH written AS (${WRITE} RETURNING *) SELECT * FROM written`,
  `EXPLAIN ANALYZE ${WRITE}`,
  `SELECT 1; ${WRITE}`,
  `COMMIT; ${WRITE}; BEGIN`,
  `ROLLBACK; ${WRITE}`,
  'SET TRANSACTION READ WRITE',
  'BEGIN READ WRITE',
  "SELECT set_config('transaction_read_only', 'off', true)",
  'SELECT trusted()',
  'CALL commits()',
  `DO $$ BEGIN COMMIT; SET TRANSACTION READ WRITE; ${WRITE}; END $$`,
  `DO $$ BEGIN SET LOCAL transaction_read_only = off; ${WRITE}; END $$`,
  `DO $$ BEGIN ${WRITE}; END $$`,
  "SELECT nextval('numbers')",
  "SELECT setval('numbers', 9)",
  'SELECT lo_create(9)',
  'SELECT * FROM notes FOR UPDATE',
  'VACUUM notes',
  'PREPARE TRANSACTION $$x$$',
  'COPY notes FROM STDIN',
  'COPY notes TO STDOUT',
  `COPY notes TO PROGRAM 'touch ${traces}/program'`,
  `COPY notes TO '${traces}/file'`,
  "COPY notes FROM PROGRAM 'id'",
  "SELECT pg_read_file('/etc/passwd')",
  "SELECT pg_ls_dir('/')",
  "SELECT lo_import('/etc/passwd')",
  'ALTER SYSTEM SET fsync = off',
  'SELECT pg_reload_conf()',
  'CREATE EXTENSION pg_trgm',
  'GRANT ALL ON notes TO PUBLIC',
];

/** Refused to the reader, who is nobody; whoever owns a database may do them, and still changes nothing of it. */
const REFUSED_TO_READER = [
  'SET ROLE shop',
  'LOCK TABLE notes IN ACCESS EXCLUSIVE MODE',
  'SET SESSION AUTHORIZATION postgres',
  "ALTER ROLE escale_reader PASSWORD 'x'",
  'ALTER ROLE escale_reader SET default_transaction_read_only = off',
];

/** Each may pass, and nothing comes of it. */
const IN_VAIN = [
  'COMMIT',
  'ROLLBACK',
  'COMMIT AND CHAIN',
  'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE',
  'SET default_transaction_read_only = off',
  'NOTIFY something',
  '',
];

function read(sql: string, where: ResourceAt = at) {
  return kind.database!.query(where, sql, { write: false, limit: 100, timeoutMs: 2000 });
}

async function assertUntouched(after: string): Promise<void> {
  const rows = await inDatabase(url, 'SELECT * FROM notes ORDER BY id');
  assert.deepEqual(rows, [{ id: 1, text: 'first' }], after);
  const [found] = await inDatabase(url, "SELECT to_regclass('another') AS another, last_value FROM numbers");
  assert.deepEqual(found, { another: null, last_value: '1' }, after);
}

async function assertAllRefused(statements: string[], where: ResourceAt): Promise<void> {
  for (const sql of statements) {
    await assert.rejects(read(sql, where), { code: 'database-refused' }, sql);
    await assertUntouched(sql);
  }
}

async function assertAllInVain(where: ResourceAt): Promise<void> {
  for (const sql of IN_VAIN) {
    await read(sql, where);
    await assertUntouched(sql);
    await assert.rejects(read(WRITE, where), { code: 'database-refused' }, `after ${sql}`);
  }
}

test('nothing that is run without write changes anything, whatever it tries', async () => {
  await assertAllRefused([...REFUSED, ...REFUSED_TO_READER], at);
  await assertAllInVain(at);
  assert.ok(!existsSync(path.join(traces, 'program')) && !existsSync(path.join(traces, 'file')));
});

test('the same for one that exists elsewhere, whose address is its owner’s', async () => {
  const elsewhere = { ...at, port: 0, folder: '/nowhere', external: url };
  await assertAllRefused(REFUSED, elsewhere);
  await assertAllInVain(elsewhere);
});

test('locks and settings end with the statement', async () => {
  await read('SELECT pg_advisory_lock(7)');
  assert.deepEqual((await read('SELECT pg_try_advisory_lock(7)')).rows, [['t']]);
  await read("SET search_path = 'pg_temp'");
  assert.equal((await read('SELECT text FROM notes')).rows[0]![0], 'first');
});

test('the reader can’t end the connections of others', async () => {
  const others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'shop'";
  const holding = inDatabase(url, 'SELECT pg_sleep(1)');
  await assert.rejects(
    async () => {
      for (;;) if ((await read(others)).rows.length > 0) return;
    },
    { code: 'database-refused', message: /permission denied/ },
  );
  await holding;
});
