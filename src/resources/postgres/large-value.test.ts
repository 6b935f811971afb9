import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { postgres } from './index.ts';
import { cache, place } from './testing/place.ts';
import { startServer } from './testing/server.ts';

const kind = postgres({ cache });
const at = await place({ after });
const server = await startServer(kind, at);
after(() => server.killAll());

test('a value too large to be held ends the statement, not the process', async () => {
  const options = { write: false, limit: 10, timeoutMs: 60_000 };
  await assert.rejects(kind.database!.query(at, "SELECT repeat('x', 100000000)", options), {
    code: 'database-refused',
    message: 'a row of the answer has more than 64 MB',
  });
  const { rows } = await kind.database!.query(at, "SELECT 'fine'", options);
  assert.deepEqual(rows, [['fine']]);
});
