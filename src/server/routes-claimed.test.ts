import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseClaimedHosts } from './routes-claimed.ts';

const SHOP = { system: 'shop', environment: 'local' };
const owner = { system: 'blog', environment: 'staging' };
const taken = [
  { host: 'blog.localhost', prefix: '/', owner },
  { host: 'shared.localhost', prefix: '/blog', owner },
];

const FREE = [
  { host: 'shop.localhost', prefix: '/' },
  { host: 'shared.localhost', prefix: '/' },
  { host: 'shared.localhost', prefix: '/shop' },
  { host: 'blog.localhost', prefix: '/shop' },
];

test('a free host, and another path of a shared one', () => {
  assert.doesNotThrow(() => refuseClaimedHosts(SHOP, FREE, taken));
});

test('everything that is taken is said at once, with whose it is', () => {
  const wanted = [
    ...FREE,
    { host: 'blog.localhost', prefix: '/' },
    { host: 'shared.localhost', prefix: '/blog' },
    { host: 'escale.localhost', prefix: '/x' },
  ];
  assert.throws(() => refuseClaimedHosts(SHOP, wanted, taken), {
    code: 'host-claimed',
    place: 'routes of shop',
    message:
      "blog.localhost belongs to blog (staging); shared.localhost/blog belongs to blog (staging); escale.localhost belongs to Escale's own pages",
  });
});
