import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgres } from '../../src/resources/postgres/index.ts';
import { cache, freePort, place } from '../../src/resources/postgres/testing/place.ts';
import { startServer } from '../../src/resources/postgres/testing/server.ts';
import { type Ended, startEscale } from './escale.ts';
import { digest, newValue, tracesOf } from './traces.ts';

const NAME = 'with-secrets';

test('the address of a database elsewhere is a secret, or has one', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system(NAME);
  const kind = postgres({ cache });
  const at = await place(t);
  await startServer(kind, at);
  const right = kind.bindings(at).DATABASE_URL!;
  const wrong = newValue();
  const said: string[] = [];
  const run = async (words: string[], input?: string): Promise<Ended> => {
    const command = escale.start(words, system.folder);
    if (input !== undefined) command.child.stdin!.end(input);
    const ended = await command.ended;
    said.push(ended.output);
    return ended;
  };
  const set = (name: string, value: string) => run(['secret', 'set', name], value);
  const changed = (change: (url: URL) => void): string => {
    const url = new URL(right);
    change(url);
    return url.href;
  };
  const writeAddress = (external: string) =>
    system.write(
      'escale.yaml',
      `name: ${NAME}
services:
  web: {command: node server.ts, port: true, health: {ready: /}, uses: [db]}
resources:
  db: {type: postgres, external: '${external}'}
routes:
  ${system.host}: web
`,
    );
  const given = async () => (JSON.parse(await escale.body(system.host)) as { database: string }).database;

  await t.test('all of it: reached, bound, looked into', async () => {
    writeAddress('${secret.DATABASE_URL}');
    await set('DATABASE_URL', right);
    assert.equal((await run(['check'])).code, 0);
    assert.equal((await run(['deploy', '--json'])).code, 0);
    assert.equal(await given(), digest(right));
    assert.deepEqual(await escale.rows(NAME, 'select 1'), [['1']]);
  });

  await t.test('a part of it is written as addresses want it', async () => {
    const hidden = changed((url) => Object.assign(url, { password: 'PASSWORD' }));
    writeAddress(hidden.replace('PASSWORD', '${secret.DB_PASSWORD}'));
    await set('DB_PASSWORD', new URL(right).password);
    assert.equal((await run(['deploy', '--json'])).code, 0);
    assert.equal(await given(), digest(right));
  });

  await t.test('wrong ones: it says why without them, and what runs goes on', async () => {
    await set('DB_PASSWORD', wrong);
    const refused = await run(['deploy']);
    assert.equal(refused.code, 1);
    assert.match(refused.output, /refuses the password of/);
    assert.match(refused.output, /release 2 was not taken.*release 2 runs on/);
    assert.equal(await given(), digest(right));
    assert.deepEqual(await escale.rows(NAME, 'select 2'), [['2']]);
    writeAddress('${secret.DATABASE_URL}');
    const port = String(await freePort());
    const tries: [string, RegExp][] = [
      [changed((url) => Object.assign(url, { port, password: wrong })), /nothing listens on 127/],
      [
        `${wrong}://ada@db.example.org/shop`,
        /the address of db can't be used once DATABASE_URL stands in it/,
      ],
      [wrong, /the address of db can't be used/],
    ];
    for (const [address, why] of tries) {
      await set('DATABASE_URL', address);
      const { code, output } = await run(['deploy']);
      assert.equal(code, 1, output);
      assert.match(output, why);
    }
    assert.equal(await given(), digest(right));
  });

  await t.test('no password is anywhere', async () => {
    for (const words of [['status', '--json'], ['status'], ['logs'], ['plan', '--json']]) await run(words);
    said.push(JSON.stringify((await escale.status()).events));
    for (const value of [new URL(right).password, wrong, encodeURIComponent(wrong)])
      assert.deepEqual(tracesOf(value, escale, said), []);
  });
});
