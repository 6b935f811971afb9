import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Client } from 'pg';
import { postgres } from './index.ts';
import { cache, place } from './testing/place.ts';
import { startServer } from './testing/server.ts';

const kind = postgres({ cache });

test('prepared, started, it answers; its users get in with DATABASE_URL; a restart keeps the data', async (t) => {
  const at = await place(t);
  assert.match((await kind.probe(at))!, /nothing listens on 127\.0\.0\.1:/);
  const server = await startServer(t, kind, at);
  const { DATABASE_URL } = kind.bindings(at);
  assert.match(DATABASE_URL!, new RegExp(`^postgres://shop:[\\w-]{32}@127\\.0\\.0\\.1:${at.port}/shop$`));
  await inDatabase(DATABASE_URL!, 'create table notes (text text); insert into notes values ($$kept$$)');
  await server.stop();
  await startServer(t, kind, at);
  assert.deepEqual((await inDatabase(DATABASE_URL!, 'select * from notes')).rows, [{ text: 'kept' }]);
  assert.equal(kind.bindings(at).DATABASE_URL, DATABASE_URL);
  assert.equal(statSync(at.folder).mode & 0o777, 0o711);
  assert.equal(statSync(path.join(at.folder, 'access.json')).mode & 0o777, 0o600);
  const answer = await kind.database!.query(at, 'select count(*) from notes', {
    write: false,
    limit: 5,
    timeoutMs: 1000,
  });
  assert.deepEqual(answer.rows, [['1']]);
  assert.deepEqual(answer.columns, [{ name: 'count', type: 'bigint' }]);
  assert.equal((await kind.database!.tables(at))[0]!.name, 'notes');
});

async function inDatabase(url: string, sql: string) {
  const client = new Client(url);
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
