/** The checks of the Todo-Backend specification, in our words, over HTTP. */
import assert from 'node:assert/strict';
import { after, beforeEach, suite, test } from 'node:test';
import { findApi, withoutApi } from './testing/api.ts';

interface Todo {
  id: number;
  title: string;
  completed: boolean;
  order: number | null;
  url: string;
}

suite('Todo-Backend', { skip: withoutApi }, async () => {
  if (withoutApi) return;
  const { url, list } = await findApi({ after });
  const root = url + list;

  const call = (url: string, method = 'GET', body?: object) =>
    fetch(url, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  const read = async (response: Promise<Response>) => (await (await response).json()) as Todo;
  const all = async () => (await (await call(root)).json()) as Todo[];
  const add = (body: object) => read(call(root, 'POST', body));

  beforeEach(async () => {
    await call(root, 'DELETE');
  });

  suite('the root', () => {
    test('responds to a GET, to a page of another origin too', async () => {
      const response = await fetch(root, { headers: { origin: 'http://other.example' } });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      const preflight = await call(root, 'OPTIONS');
      assert.equal(preflight.status, 204);
      assert.equal(
        preflight.headers.get('access-control-allow-methods'),
        'GET, POST, PATCH, DELETE, OPTIONS',
      );
      assert.equal(preflight.headers.get('access-control-allow-headers'), 'Content-Type');
    });
    test('responds to a POST with the todo that was posted', async () => {
      assert.equal((await add({ title: 'a todo' })).title, 'a todo');
    });
    test('responds to a DELETE', async () => {
      assert.equal((await call(root, 'DELETE')).status, 204);
    });
    test('after a DELETE a GET gives an empty array', async () => {
      await add({ title: 'a todo' });
      await call(root, 'DELETE');
      assert.deepEqual(await all(), []);
    });
  });

  suite('storing new todos', () => {
    test('a POST adds a todo to the list', async () => {
      await add({ title: 'walk the dog' });
      assert.deepEqual(
        (await all()).map(({ title }) => title),
        ['walk the dog'],
      );
    });
    test('a new todo is not completed', async () => {
      assert.equal((await add({ title: 'blah' })).completed, false);
      assert.equal((await all())[0]?.completed, false);
    });
    test('a new todo has an absolute url', async () => {
      const { url, id } = await add({ title: 'blah' });
      assert.equal(url, `${root}/${id}`);
    });
    test('behind that url is the todo', async () => {
      const todo = await add({ title: 'my todo' });
      assert.deepEqual(await read(call(todo.url)), todo);
    });
  });

  suite('an existing todo', () => {
    test('can be found from the list and from its url', async () => {
      await add({ title: 'first' });
      await add({ title: 'second' });
      for (const todo of await all()) assert.deepEqual(await read(call(todo.url)), todo);
    });
    test('a PATCH changes the title', async () => {
      const { url } = await add({ title: 'initial' });
      assert.equal((await read(call(url, 'PATCH', { title: 'bathe the cat' }))).title, 'bathe the cat');
    });
    test('a PATCH changes completedness', async () => {
      const { url } = await add({ title: 'blah' });
      assert.equal((await read(call(url, 'PATCH', { completed: true }))).completed, true);
    });
    test('changes are kept, and show in the list', async () => {
      const { url } = await add({ title: 'blah' });
      const changed = await read(call(url, 'PATCH', { title: 'changed title', completed: true }));
      assert.deepEqual(await read(call(url)), changed);
      assert.deepEqual(await all(), [changed]);
    });
    test('a DELETE of its url deletes it', async () => {
      const { url } = await add({ title: 'blah' });
      assert.equal((await call(url, 'DELETE')).status, 204);
      assert.deepEqual(await all(), []);
      assert.equal((await call(url)).status, 404);
    });
  });

  suite('order', () => {
    test('a todo can be made with an order', async () => {
      assert.equal((await add({ title: 'blah', order: 523 })).order, 523);
    });
    test('a PATCH changes the order', async () => {
      const { url } = await add({ title: 'blah', order: 10 });
      assert.equal((await read(call(url, 'PATCH', { order: 95 }))).order, 95);
    });
    test('the order is kept, and sorts the list', async () => {
      const { url } = await add({ title: 'second', order: 10 });
      await add({ title: 'last' });
      await add({ title: 'first', order: -1 });
      await call(url, 'PATCH', { order: 95 });
      assert.equal((await read(call(url))).order, 95);
      assert.deepEqual(
        (await all()).map(({ title }) => title),
        ['first', 'second', 'last'],
      );
    });
  });
});
