import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

test('a second up joins the first, and its Ctrl-C stops only what it added', async (t) => {
  const escale = await startEscale(t);
  const hello = escale.system('says-hello');
  const other = escale.system('says-hello', 'says-more');
  const first = escale.start(['up', '--no-watch'], hello.folder);
  await first.until(/Ctrl-C stops/);
  const processes = () => escale.processes().filter(({ instance }) => instance === null).length;

  const second = escale.start(['up', '--no-watch', hello.folder, other.folder]);
  await second.until(/Ctrl-C stops/);
  assert.match(second.output, /Joined Escale, which was running/);
  assert.match(second.output, /says-hello is up to date/);
  assert.equal(await escale.body(other.host), 'Hello, World!');
  assert.equal(processes(), 3 + 2, "Escale's three and the two commands");

  const ended = await second.interrupt();
  assert.equal(ended.code, 0, ended.output);
  assert.match(ended.stdout, /Stopped: says-more\. Other systems are still up\./);
  assert.equal((await escale.systemView('says-more')).state, 'down');
  assert.equal((await escale.request(other.host)).status, 404);
  assert.equal(await escale.body(hello.host), 'Hello, World!');

  const last = await first.interrupt();
  assert.equal(last.code, 0, last.output);
  assert.match(last.stdout, /Nothing of Escale runs any more/);
  await escale.nothingLeft();
});
