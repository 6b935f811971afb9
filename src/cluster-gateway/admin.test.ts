import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { serveAdmin } from './admin.ts';

test('ready or not, and metrics with their length: whoever reads them through a pipe knows their end', async (t) => {
  let why: string | null = 'no table yet';
  const server = await serveAdmin({ notReady: () => why, metrics: () => 'ä 1\n' }, 0);
  t.after(() => server.close());
  const ask = async (path: string, method = 'GET') => {
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { connection: 'close' },
    });
    return [answer.status, await answer.text(), answer.headers.get('content-length')];
  };
  assert.deepEqual(await ask('/readyz'), [503, 'no table yet', '12']);
  why = null;
  assert.deepEqual(await ask('/readyz'), [200, 'ready', '5']);
  assert.deepEqual(await ask('/metrics'), [200, 'ä 1\n', '5']);
  assert.equal((await ask('/metrics', 'POST'))[0], 405);
  assert.equal((await ask('/'))[0], 404);
});
