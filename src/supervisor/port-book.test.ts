import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DesiredSystem } from '../core/contracts/index.ts';
import { type KnownPorts, PortBook } from './port-book.ts';
import { planOf, setOf, wishOf } from './testing/wish.ts';

const NONE: KnownPorts = { internalPorts: {}, resourcePorts: {} };
const services = (names: string[]) => wishOf(names.map((service) => setOf({ service, plan: planOf() })));

/** The inside ports of a wish's services. */
async function inside(
  book: PortBook,
  wish: DesiredSystem,
  internalPorts = {},
): Promise<Record<string, number>> {
  return (await book.forDesired(wish, { ...NONE, internalPorts })).internalPorts;
}

test('books of two homes that look for inside ports at the same moment never take the same one', async (t) => {
  const books = [new PortBook(() => []), new PortBook(() => []), new PortBook(() => [])];
  t.after(() => books.map((book) => book.close()));
  const taken = await Promise.all(books.map((book) => inside(book, services(['api', 'web', 'docs']))));
  const ports = taken.flatMap((ports) => Object.values(ports));
  assert.equal(new Set(ports).size, 9);
});

test('a service that has its port keeps it', async (t) => {
  const book = new PortBook(() => []);
  t.after(() => book.close());
  const first = await inside(book, services(['web']));
  const second = await inside(book, services(['api', 'web']), first);
  assert.equal(second['local/shop/web'], first['local/shop/web']);
  assert.notEqual(second['local/shop/api'], first['local/shop/web']);
});

test('a port that a book has let go of is free for others', async (t) => {
  const book = new PortBook(() => []);
  const { 'local/shop/web': port } = await inside(book, services(['web']));
  book.close();
  const other = new PortBook(() => []);
  t.after(() => other.close());
  const again = await inside(other, services(['web']));
  assert.ok(again['local/shop/web']! <= port!);
});

test('two systems of one home at the same moment: each service its own, a shared one the same', async (t) => {
  const book = new PortBook(() => []);
  t.after(() => book.close());
  const uses = { STORE_URL: 'images/store' };
  const wishes = ['shop', 'blog'].map((system) => wishOf([setOf({ plan: planOf({ uses }) })], { system }));
  const [shop, blog] = await Promise.all(wishes.map((wish) => inside(book, wish)));
  assert.equal(shop!['local/images/store'], blog!['local/images/store']);
  assert.notEqual(shop!['local/shop/web'], blog!['local/blog/web']);
  const again = await inside(book, wishes[0]!);
  assert.deepEqual(again, shop);
});

test('a resource has a lasting port of its own, one that exists elsewhere has none', async (t) => {
  const book = new PortBook(() => []);
  t.after(() => book.close());
  const resources = [
    { name: 'db', type: 'postgres', external: null },
    { name: 'old', type: 'postgres', external: 'postgres://db.example.org/old' },
  ];
  const wish = { ...services(['web']), resources };
  const first = await book.forDesired(wish, NONE);
  assert.deepEqual(Object.keys(first.resourcePorts), ['local/shop/db']);
  assert.notEqual(first.resourcePorts['local/shop/db'], first.internalPorts['local/shop/web']);
  assert.deepEqual(await book.forDesired(wish, first), first);
});
