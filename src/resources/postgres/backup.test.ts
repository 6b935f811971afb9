import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { postgres } from './index.ts';
import { cache, place, temporary } from './testing/place.ts';
import { startServer } from './testing/server.ts';
import { inDatabase } from './testing/sql.ts';

const kind = postgres({ cache });

test('backup, drop a table, restore: the rows are back, the former data stays', async (t) => {
  const at = await place(t);
  const server = await startServer(t, kind, at);
  const url = kind.bindings(at).DATABASE_URL!;
  await inDatabase(
    url,
    'create table notes (text text)',
    "insert into notes select 'row ' || n from generate_series(1, 1000000) n",
  );
  const folder = path.join(temporary(t), '20261126T102530Z');
  const record = await kind.backup(at, folder, 1_795_000_000_000);
  assert.deepEqual(await kind.verify(folder), record);
  await inDatabase(url, 'drop table notes');
  await assert.rejects(kind.restore(at, folder), { code: 'resource-running' });
  await server.stop();
  const restored = await kind.restore(at, folder);
  assert.deepEqual(
    [restored.former, restored.data].map((folder) => path.basename(folder!)),
    ['data-1', 'data-2'],
  );
  await startServer(t, kind, at);
  assert.deepEqual(await inDatabase(url, 'select count(*)::int from notes'), [{ count: 1_000_000 }]);
});
