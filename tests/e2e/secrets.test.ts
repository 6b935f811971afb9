import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type Ended, killAll, startEscale, waitFor } from './escale.ts';
import { digest, holdersOf, newValue, tracesOf } from './traces.ts';

const NAME = 'with-secrets';

test('secrets: in the environment of instances, and nowhere else', async (t) => {
  const escale = await startEscale(t);
  const { folder, host } = escale.system(NAME);
  const values = { first: newValue(), second: newValue(), wrong: `wrong${newValue()}`, job: newValue() };
  const said: string[] = [];
  const run = async (words: string[], input?: string): Promise<Ended> => {
    const command = escale.start(words, folder);
    if (input !== undefined) command.child.stdin!.end(input);
    const ended = await command.ended;
    said.push(ended.output);
    return ended;
  };
  const set = (name: string, value: string) => run(['secret', 'set', name], `${value}\n`);
  const shows = async (value: string) => {
    const { key, header } = JSON.parse(await escale.body(host));
    assert.deepEqual({ key, header }, { key: digest(value), header: digest(`Bearer ${value}`) });
  };
  const instances = async (service: string) =>
    (await escale.service(NAME, service)).instances.map(({ id }) => id).sort();

  await t.test('a deploy without them names all, with the commands, and changes nothing', async () => {
    const refused = await run(['deploy']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /with-secrets needs secrets that are not set in local: API_KEY, JOB_TOKEN/);
    assert.match(refused.stderr, /escale secret set API_KEY with-secrets/);
    assert.match(refused.stderr, /escale secret set JOB_TOKEN with-secrets/);
    assert.deepEqual((await escale.status()).systems, []);
    assert.equal((await run(['check'])).code, 0);
  });

  await t.test('set on the input, listed without values, given to who names them', async () => {
    assert.equal((await set('API_KEY', values.first)).code, 0);
    assert.equal((await set('JOB_TOKEN', values.job)).code, 0);
    const { secrets } = JSON.parse((await run(['secret', 'list', '--json'])).stdout);
    assert.deepEqual(
      secrets.map((one: { name: string; system: string; version: number }) => [
        one.name,
        one.system,
        one.version,
      ]),
      [
        ['API_KEY', NAME, 1],
        ['JOB_TOKEN', NAME, 2],
      ],
    );
    assert.match((await run(['secret', 'list'])).stdout, /API_KEY {4}with-secrets {2}version 1/);
    assert.equal((await run(['deploy', '--json'])).code, 0);
    await shows(values.first);
    assert.match((await run(['logs', `${NAME}/tell`])).stdout, new RegExp(digest(values.job)));
    assert.match((await run(['job', 'tell', '--run'])).stdout, new RegExp(digest(values.job)));
  });

  await t.test('another value: the plan says why, only who uses it is replaced', async () => {
    const before = { web: await instances('web'), plain: await instances('plain') };
    assert.match((await run(['plan'])).stdout, /nothing to do/);
    await set('API_KEY', values.second);
    await shows(values.first);
    const plan = await run(['plan', '--json']);
    assert.deepEqual(JSON.parse(plan.stdout).notes, [
      'the secret API_KEY has another value: it is used by web',
    ]);
    assert.match((await run(['plan'])).stdout, /the secret API_KEY has another value/);
    assert.equal((await run(['deploy'])).code, 0);
    await shows(values.second);
    assert.deepEqual(await instances('plain'), before.plain);
    assert.deepEqual(
      (await instances('web')).filter((id) => before.web.includes(id)),
      [],
    );
  });

  await t.test(
    'a value that does not work is not taken, and what is restarted has the former one',
    async () => {
      await set('API_KEY', values.wrong);
      const refused = await run(['deploy']);
      assert.equal(refused.code, 1);
      assert.match(refused.output, /release 1 was not taken.*release 1 runs on/);
      const killed = (await escale.service(NAME)).instances.map(({ id, pid }) => ({ id, pid: pid! }));
      for (const { pid } of killed) process.kill(pid, 'SIGKILL');
      await waitFor('others are ready', async () => {
        const { instances: now, ready } = await escale.service(NAME);
        return ready === 2 && now.every(({ id }) => killed.every((one) => one.id !== id));
      });
      await shows(values.second);
    },
  );

  await t.test('kill -9 of everything: all of it is as it was', async () => {
    killAll(escale.home);
    await run(['status']);
    assert.equal((await run(['plan', '--json'])).code, 0);
    await waitFor('it answers', async () => (await escale.request(host)).status === 200);
    await shows(values.second);
  });

  await t.test(
    'the key is gone: what runs goes on, what is started again waits for it and says so',
    async () => {
      const key = path.join(escale.home, 'secret-key');
      renameSync(key, `${key}.away`);
      const [one, other] = (await escale.service(NAME)).instances;
      process.kill(one!.pid!, 'SIGKILL');
      await waitFor('it says why', async () => {
        const { lastFailure } = await escale.service(NAME);
        return lastFailure?.reason === 'the key of the secrets is not there';
      });
      await shows(values.second);
      assert.match((await set('API_KEY', newValue())).stderr, /secret-key/);
      renameSync(`${key}.away`, key);
      await waitFor('both are ready', async () => (await escale.service(NAME)).ready === 2);
      assert.ok((await instances('web')).includes(other!.id));
    },
  );

  await t.test('what is in use is not removed', async () => {
    const refused = await run(['secret', 'remove', 'API_KEY']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /secret-used/);
    assert.equal((await run(['secret', 'remove', 'NEVER_SET'])).code, 1);
  });

  await t.test('a value among the words is refused, and not repeated', async () => {
    const value = newValue();
    for (const words of [[`API_KEY=${value}`], ['API_KEY', 'shop', value]]) {
      const { code, output } = await run(['secret', 'set', ...words], '');
      assert.deepEqual([code, output.includes(value)], [2, false]);
    }
  });

  await t.test('the values are nowhere else', async () => {
    for (const words of [['status', '--json'], ['status'], ['logs'], ['plan', '--json'], ['job', '--json']])
      await run(words);
    const events = (await escale.status()).events.map((event) => JSON.stringify(event));
    said.push(...events);
    for (const [name, value] of Object.entries(values))
      assert.deepEqual(tracesOf(value, escale, said), [], name);
  });

  await t.test('only instances of who names it have it in their environment', () => {
    assert.deepEqual(holdersOf(values.second, escale), [`${NAME}-web`, `${NAME}-web`]);
  });
});
