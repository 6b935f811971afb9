import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

test('a taken port: the message names the holder, the exit code is 1, nothing is left running', async (t) => {
  const escale = await startEscale(t);
  const hello = escale.system('says-hello');
  const holder = http.createServer((_request, response) => response.end('I was here first'));
  holder.listen(escale.port, '127.0.0.1');
  await once(holder, 'listening');
  t.after(() => holder.close());

  for (const words of [['up', '--no-watch'], ['deploy']]) {
    const { code, stderr } = await escale.run(words, hello.folder);
    assert.equal(code, 1, words.join(' '));
    assert.match(stderr, new RegExp(`port ${escale.port} is held by .*\\(pid ${process.pid}\\)`));
    assert.match(stderr, /ESCALE_HTTP_PORT/);
    await escale.nothingLeft();
  }

  holder.close();
  holder.closeAllConnections();
  await once(holder, 'close');
  await escale.must(['deploy'], hello.folder);
  assert.equal(await escale.body(hello.host), 'Hello, World!');
});
