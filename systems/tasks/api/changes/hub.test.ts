import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createHub } from './hub.ts';

test('a stream hears of its own list, and of a change that may be any', async (t) => {
  const hub = createHub();
  const server = createServer((request, response) => hub.follow(request.url!, response)).listen(
    0,
    '127.0.0.1',
  );
  t.after(() => server.close());
  const { port } = await new Promise<AddressInfo>((resolve) =>
    server.once('listening', () => resolve(server.address() as AddressInfo)),
  );
  const [a, b] = await Promise.all(['/a', '/b'].map((path) => fetch(`http://127.0.0.1:${port}${path}`)));
  hub.tell('/a');
  hub.tell('/a');
  hub.tell('/b');
  hub.tell(null);
  hub.close();
  const changes = async (response: Response) => (await response.text()).split('event: change\n').length - 1;
  assert.deepEqual([await changes(a!), await changes(b!)], [3, 2]);
  const late = await fetch(`http://127.0.0.1:${port}/a`);
  assert.equal(await changes(late), 0);
});
