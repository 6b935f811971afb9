import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporary } from '../testing/tree.ts';
import { provenanceOf, publicAddress } from './provenance.ts';

const ADDRESSES: [string, string | null][] = [
  ['https://git.example.org/team/shop.git', 'https://git.example.org/team/shop.git'],
  ['https://user:secret@git.example.org/shop?token=secret#secret', 'https://git.example.org/shop'],
  ['git@git.example.org:team/shop.git', 'ssh://git.example.org/team/shop.git'],
  ['ssh://git@git.example.org:2222/shop', 'ssh://git.example.org:2222/shop'],
  ['/home/ada/shop', null],
  ['../shop', null],
  ['file:///home/ada/shop', null],
];

for (const [remote, address] of ADDRESSES)
  test(`the address of ${remote} is ${address}`, () => assert.equal(publicAddress(remote), address));

test('a folder without git: no commit, 1970, unless SOURCE_DATE_EPOCH says when', async (t) => {
  const folder = temporary(t);
  assert.deepEqual(await provenanceOf(folder, {}), { top: folder, revision: null, created: 0, source: null });
  assert.equal((await provenanceOf(folder, { SOURCE_DATE_EPOCH: '1700000000' })).created, 1_700_000_000);
  assert.equal((await provenanceOf(folder, { SOURCE_DATE_EPOCH: 'now' })).created, 0);
});
