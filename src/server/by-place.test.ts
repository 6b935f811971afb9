import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByPlace } from './by-place.ts';

const SHOP = { system: 'shop', environment: 'local' };
const BLOG = { system: 'blog', environment: 'local' };

test('work on one place is done in the order it was given; other places do not wait', async () => {
  const places = new ByPlace();
  const done: string[] = [];
  const first = Promise.withResolvers<void>();
  const work = (name: string, after?: Promise<void>) => async () => {
    await after;
    done.push(name);
    return name;
  };
  const all = [
    places.run(SHOP, work('shop 1', first.promise)),
    places.run(SHOP, work('shop 2')),
    places.run({ ...SHOP, environment: 'staging' }, work('staging')),
  ];
  await places.run(BLOG, work('blog'));
  assert.deepEqual(done, ['staging', 'blog']);
  first.resolve();
  assert.deepEqual(await Promise.all(all), ['shop 1', 'shop 2', 'staging']);
  assert.deepEqual(done, ['staging', 'blog', 'shop 1', 'shop 2']);
});

test('work that fails fails for whoever gave it, and holds nobody up', async () => {
  const places = new ByPlace();
  const failing = places.run(SHOP, () => Promise.reject(new Error('no')));
  const next = places.run(SHOP, async () => 'yes');
  await assert.rejects(failing, { message: 'no' });
  assert.equal(await next, 'yes');
});

test('who must wait is told so; who need not is not', async () => {
  const places = new ByPlace();
  const told: string[] = [];
  const first = places.run(
    SHOP,
    async () => {},
    () => told.push('first'),
  );
  const second = places.run(
    SHOP,
    async () => {},
    () => told.push('second'),
  );
  const other = places.run(
    BLOG,
    async () => {},
    () => told.push('other'),
  );
  await Promise.all([first, second, other]);
  await new Promise(setImmediate);
  await places.run(
    SHOP,
    async () => {},
    () => told.push('later'),
  );
  assert.deepEqual(told, ['second']);
});
