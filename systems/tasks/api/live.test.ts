import assert from 'node:assert/strict';
import { after, suite, type TestContext, test } from 'node:test';
import { Client } from 'pg';
import { startApi } from './testing/api.ts';
import { startPostgres, withoutPostgres } from './testing/postgres.ts';

/** Reads an event stream until it has the event; null: it ended before. */
async function followEvents(t: TestContext, url: string) {
  const abort = new AbortController();
  t.after(() => abort.abort());
  const response = await fetch(url, { signal: abort.signal });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  assert.equal(response.headers.get('access-control-allow-origin'), '*');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return async (event: string) => {
    for (;;) {
      const [before, ...rest] = text.split(`event: ${event}\ndata: {}\n\n`);
      if (before !== undefined && rest.length > 0) {
        text = rest.join(`event: ${event}\ndata: {}\n\n`);
        return event;
      }
      const { value, done } = await reader.read();
      if (done) return null;
      text += value;
    }
  };
}

suite('live changes and a database that goes away', { skip: withoutPostgres }, async () => {
  if (withoutPostgres) return;
  const owner = { after };
  const postgres = await startPostgres(owner);
  const { apis, databaseUrl } = await startApi(owner, postgres, 2);
  const [one, two] = [apis[0]!, apis[1]!];

  const add = (url: string, title: string) =>
    fetch(url, {
      method: 'POST',
      body: JSON.stringify({ title }),
      headers: { 'content-type': 'application/json' },
    });

  test('a change through one replica, or by hand, reaches the streams of all', async (t) => {
    const [here, there, other] = await Promise.all([
      followEvents(t, `${one.url}/todos/events`),
      followEvents(t, `${two.url}/todos/events`),
      followEvents(t, `${two.url}/l/other/todos/events`),
    ]);
    for (const next of [here, there, other]) assert.equal(await next('open'), 'open');
    await add(`${one.url}/todos`, 'a');
    assert.deepEqual(await Promise.all([here('change'), there('change')]), ['change', 'change']);
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query("insert into todos (list, title) values ('other', 'by hand')");
    await client.end();
    assert.equal(await other('change'), 'change');
  });

  test('while the database is gone: not ready, alive, 503; then all works again', async (t) => {
    const next = await followEvents(t, `${one.url}/todos/events`);
    await postgres.kill();
    assert.equal((await fetch(`${one.url}/readyz`)).status, 503);
    assert.equal((await fetch(`${one.url}/livez`)).status, 200);
    const refused = await fetch(`${one.url}/todos`);
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get('content-type'), 'application/problem+json');
    assert.match(await refused.text(), /the database is away/);
    await postgres.start();
    while ((await fetch(`${one.url}/readyz`)).status !== 200);
    assert.equal(await next('change'), 'change');
    await add(`${two.url}/todos`, 'after');
    assert.equal(await next('change'), 'change');
  });

  test('killed under 500 writes, the database has every to-do that was answered 201', async () => {
    const list = `${one.url}/l/killed/todos`;
    const warm = Promise.withResolvers<void>();
    let answered = 0;
    const write = async (_: unknown, index: number) => {
      const { status } = await add(list, `write ${index}`);
      if (++answered === 100) warm.resolve();
      return { title: `write ${index}`, status };
    };
    const writes = Promise.all(Array.from({ length: 500 }, write));
    await warm.promise;
    await postgres.kill();
    const answers = await writes;
    assert.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [201, 503]);
    await postgres.start();
    while ((await fetch(`${one.url}/readyz`)).status !== 200);
    const kept = new Set(
      ((await (await fetch(list)).json()) as { title: string }[]).map(({ title }) => title),
    );
    const lost = answers.filter(({ status, title }) => status === 201 && !kept.has(title));
    assert.deepEqual(lost, []);
    assert.equal(one.process.exitCode, null);
  });

  test('SIGTERM: streams end, it exits with 0', async (t) => {
    const { apis: more } = await startApi(t, postgres);
    const next = await followEvents(t, `${more[0]!.url}/todos/events`);
    await next('open');
    more[0]!.process.kill('SIGTERM');
    while ((await next('change')) !== null);
    assert.equal(await more[0]!.exited, 0);
    assert.equal(await more[0]!.errors, '');
  });

  test('SIGTERM under 20 busy connections loses nothing', async (t) => {
    const { apis: more } = await startApi(t, postgres);
    const { url, process: child, exited } = more[0]!;
    const warm = Promise.withResolvers<void>();
    const statuses: number[] = [];
    const client = async () => {
      for (;;) {
        const response = await add(`${url}/todos`, 'busy');
        await response.arrayBuffer();
        statuses.push(response.status);
        if (statuses.length === 200) warm.resolve();
        if (response.headers.get('connection') === 'close') return;
      }
    };
    const clients = Promise.all(Array.from({ length: 20 }, client));
    await warm.promise;
    child.kill('SIGTERM');
    await clients;
    assert.equal(await exited, 0);
    assert.deepEqual([...new Set(statuses)], [201]);
  });
});
