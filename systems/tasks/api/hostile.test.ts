import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { delivered, findApi, withoutApi } from './testing/api.ts';

suite('what is refused, and how', { skip: withoutApi }, async () => {
  if (withoutApi) return;
  const { url, list } = await findApi({ after });

  const post = (body: string, path = list, method = 'POST') =>
    fetch(url + path, { method, body, headers: { 'content-type': 'application/json' } });

  async function isProblem(response: Response, status: number) {
    assert.equal(response.status, status);
    assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    const problem = (await response.json()) as {
      status: number;
      title: string;
      detail: string;
      type: string;
    };
    assert.equal(problem.status, status);
    assert.equal(problem.type, 'about:blank');
    return problem;
  }

  for (const body of [
    '{"title":""}',
    '{"title":" \\t "}',
    '{}',
    '{"title":5}',
    '{"title":null}',
    '{"title":"a\\u0000b"}',
    `{"title":"${'x'.repeat(1001)}"}`,
    '{"title":"a","order":1.5}',
    '{"title":"a","order":9999999999}',
    '{"title":"a","completed":"yes"}',
    '{"title":"a","key":""}',
    '{"title":"a","key":5}',
    '[]',
    'null',
  ])
    test(`POST ${body.slice(0, 40)} is 422`, async () => {
      await isProblem(await post(body), 422);
    });

  test('a blank title is 422 in a PATCH too, and changes nothing', async () => {
    const todo = (await (await post('{"title":"kept"}')).json()) as { url: string; id: number };
    await isProblem(await post('{"title":" ","completed":true}', `${list}/${todo.id}`, 'PATCH'), 422);
    assert.deepEqual(await (await fetch(todo.url)).json(), todo);
  });

  test('what is no JSON is 400, what claims to be none 415, what is too large 413', async () => {
    await isProblem(await post('{"title":'), 400);
    await isProblem(await post(''), 400);
    await isProblem(await fetch(url + list, { method: 'POST', body: 'title=a' }), 415);
    await isProblem(await post(JSON.stringify({ title: 'x'.repeat(70_000) })), 413);
  });

  test('an unknown id is 404 for every method, an id that can be none too', async () => {
    for (const id of ['999999', 'abc', '0', '-1', '1e3', '99999999999999999999', "1'--"])
      for (const method of ['GET', 'DELETE', 'PATCH']) {
        const body = method === 'PATCH' ? '{"title":"a"}' : undefined;
        const headers = body ? { 'content-type': 'application/json' } : {};
        const path = `${url}${list}/${encodeURIComponent(id)}`;
        await isProblem(await fetch(path, { method, headers, ...(body && { body }) }), 404);
      }
    await isProblem(await fetch(`${url}/nothing`), 404);
  });

  test('lists are separate worlds', async () => {
    const zoe = `/l/${encodeURIComponent(`Zoë's / list ${process.pid}`)}/todos`;
    const todo = (await (await post('{"title":"here"}', zoe)).json()) as { url: string; id: number };
    assert.equal(todo.url, `${url}${zoe}/${todo.id}`);
    assert.deepEqual(await (await fetch(todo.url)).json(), todo);
    await isProblem(await fetch(`${url}${list}/${todo.id}`), 404);
    await isProblem(await fetch(`${url}/l/other/todos/${todo.id}`, { method: 'DELETE' }), 404);
    await fetch(`${url}/l/other/todos`, { method: 'DELETE' });
    assert.deepEqual(await (await fetch(url + zoe)).json(), [todo]);
    await isProblem(await fetch(`${url}/l/${'x'.repeat(101)}/todos`), 404);
    // Gateways refuse this one themselves.
    if (!delivered) await isProblem(await fetch(`${url}/l/a%00b/todos`), 404);
  });

  test('under the same key a todo is added once in a list, even by requests at the same time', async () => {
    const [here, there] = [`/l/here-${process.pid}/todos`, `/l/there-${process.pid}/todos`];
    const send = async (path: string, title: string) =>
      (await (await post(JSON.stringify({ title, key: 'mine' }), path)).json()) as { id: number };
    const [one, two] = await Promise.all([send(here, 'first'), send(here, 'first')]);
    assert.deepEqual(one, two);
    assert.deepEqual(await send(here, 'again'), one);
    assert.notEqual((await send(there, 'first')).id, one.id);
    assert.equal(((await (await fetch(url + here)).json()) as object[]).length, 1);
  });

  const behindGateway = delivered && 'behind a gateway already, which says where it stands itself';
  test('the url is the one of the gateway in front, unless what it says is none', {
    skip: behindGateway,
  }, async () => {
    const add = async (headers: Record<string, string>) => {
      const all = { 'content-type': 'application/json', ...headers };
      const response = await fetch(`${url}/todos`, { method: 'POST', body: '{"title":"a"}', headers: all });
      return ((await response.json()) as { url: string }).url.replace(/\d+$/, '');
    };
    const forwarded = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'tasks.localhost:8443',
      'x-forwarded-prefix': '/api',
    };
    assert.equal(await add(forwarded), 'https://tasks.localhost:8443/api/todos/');
    const wrong = {
      'x-forwarded-proto': 'javascript',
      'x-forwarded-host': 'a/b',
      'x-forwarded-prefix': '//evil',
    };
    assert.equal(await add(wrong), `${url}/todos/`);
  });
});
