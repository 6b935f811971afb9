import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PortBook } from './port-book.ts';
import { planOf, setOf, wishOf } from './testing/wish.ts';

const services = (names: string[]) => wishOf(names.map((service) => setOf({ service, plan: planOf() })));

test('books of two homes that look for inside ports at the same moment never take the same one', async (t) => {
  const books = [new PortBook(() => []), new PortBook(() => []), new PortBook(() => [])];
  t.after(() => books.map((book) => book.close()));
  const taken = await Promise.all(
    books.map((book) => book.forServices(services(['api', 'web', 'docs']), {})),
  );
  const ports = taken.flatMap((ports) => Object.values(ports));
  assert.equal(new Set(ports).size, 9);
});

test('a service that has its port keeps it', async (t) => {
  const book = new PortBook(() => []);
  t.after(() => book.close());
  const first = await book.forServices(services(['web']), {});
  const second = await book.forServices(services(['api', 'web']), first);
  assert.equal(second['local/shop/web'], first['local/shop/web']);
  assert.notEqual(second['local/shop/api'], first['local/shop/web']);
});

test('a port that a book has let go of is free for others', async (t) => {
  const book = new PortBook(() => []);
  const { 'local/shop/web': port } = await book.forServices(services(['web']), {});
  book.close();
  const other = new PortBook(() => []);
  t.after(() => other.close());
  const again = await other.forServices(services(['web']), {});
  assert.ok(again['local/shop/web']! <= port!);
});

test('two systems of one home at the same moment: each service its own, a shared one the same', async (t) => {
  const book = new PortBook(() => []);
  t.after(() => book.close());
  const uses = { STORE_URL: 'images/store' };
  const wishes = ['shop', 'blog'].map((system) => wishOf([setOf({ plan: planOf({ uses }) })], { system }));
  const [shop, blog] = await Promise.all(wishes.map((wish) => book.forServices(wish, {})));
  assert.equal(shop!['local/images/store'], blog!['local/images/store']);
  assert.notEqual(shop!['local/shop/web'], blog!['local/blog/web']);
  const again = await book.forServices(wishes[0]!, {});
  assert.deepEqual(again, shop);
});
