import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { EscaleError } from '../core/errors/index.ts';
import { Vault } from './index.ts';

const SHOP = { system: 'shop', environment: 'production' };
const NONE = new Set<number>();

function vaultIn(t: TestContext) {
  const root = mkdtempSync(path.join(os.tmpdir(), 'escale-taking-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const parts = { folder: path.join(root, 'secrets'), keyFile: path.join(root, 'key'), now: () => 1000 };
  const vault = new Vault(parts);
  const values = (map: Record<string, string>) =>
    Object.entries(map).map(([name, value]) => ({ name, value }));
  return {
    vault,
    file: path.join(parts.folder, 'production.json'),
    take: (map: Record<string, string>, inUse = NONE) =>
      vault.take(SHOP, values(map), { commit: 'abc', inUse }),
    ifTaken: (map: Record<string, string>, inUse = NONE) => vault.ifTaken(SHOP, values(map), inUse),
    set: (name: string, value: string) => vault.set({ ...SHOP, name }, value, NONE),
    now: (name: string) => vault.value(SHOP, name, vault.newest(SHOP, name)!),
  };
}

test('values of git become the newest ones, once, and nothing shows them', (t) => {
  const { vault, take, now, file } = vaultIn(t);
  assert.deepEqual(take({ A: 'geheim-1', B: 'geheim-2' }), { changed: ['A', 'B'], gone: [] });
  assert.deepEqual([now('A'), now('B')], ['geheim-1', 'geheim-2']);
  assert.deepEqual(
    vault.list('production').map(({ name, version, git }) => [name, version, git]),
    [
      ['A', 1, { commit: 'abc' }],
      ['B', 2, { commit: 'abc' }],
    ],
  );
  const before = readFileSync(file, 'utf8');
  assert.doesNotMatch(before, /geheim/);
  assert.deepEqual(take({ A: 'geheim-1', B: 'geheim-2' }), { changed: [], gone: [] });
  assert.equal(readFileSync(file, 'utf8'), before);
});

test('a value set by hand stays until git has another one', (t) => {
  const { take, set, now, vault } = vaultIn(t);
  take({ A: 'git' });
  set('A', 'hand');
  assert.deepEqual([take({ A: 'git' }).changed, now('A')], [[], 'hand']);
  assert.deepEqual([take({ A: 'newer' }).changed, now('A')], [['A'], 'newer']);
  set('A', 'hand again');
  assert.deepEqual([take({ A: 'newer' }).changed, now('A')], [[], 'hand again']);
  assert.equal(vault.list('production')[0]!.git, null);
});

test('git comes first the first time; the same value by hand is no change', (t) => {
  const { take, set, now, vault } = vaultIn(t);
  set('A', 'hand');
  set('B', 'same');
  assert.deepEqual(take({ A: 'git', B: 'same' }).changed, ['A']);
  assert.deepEqual([now('A'), vault.newest(SHOP, 'B')], ['git', 2]);
  set('B', 'other');
  assert.deepEqual([take({ A: 'git', B: 'same' }).changed, now('B')], [[], 'other']);
});

test('what left git is told once and stays; when it comes back it is taken again', (t) => {
  const { take, set, now } = vaultIn(t);
  take({ A: 'git', B: 'git' });
  assert.deepEqual(take({ A: 'git' }), { changed: [], gone: ['B'] });
  assert.deepEqual([take({ A: 'git' }), now('B')], [{ changed: [], gone: [] }, 'git']);
  set('B', 'hand');
  assert.deepEqual([take({ A: 'git', B: 'git' }).changed, now('B')], [['B'], 'git']);
});

test('what was removed by hand is taken again: it is committed', (t) => {
  const { take, vault } = vaultIn(t);
  take({ A: 'git' });
  vault.remove({ ...SHOP, name: 'A' }, NONE);
  assert.deepEqual(take({ A: 'git' }).changed, ['A']);
});

test('all or none: a value that can not be used takes no other with it', (t) => {
  const { take, vault } = vaultIn(t);
  assert.throws(
    () => take({ A: 'fine', B: 'x'.repeat(70_000) }),
    (error) =>
      error instanceof EscaleError && error.code === 'secret-value' && error.message.includes('of B'),
  );
  assert.deepEqual(vault.list('production'), []);
});

test('a plan sees the versions and values that taking then gives, and writes nothing', (t) => {
  const { take, ifTaken, set, vault, file } = vaultIn(t);
  take({ A: 'one', B: 'two' });
  set('C', 'hand');
  const before = readFileSync(file, 'utf8');
  const values = { A: 'one', B: 'newer', D: 'new' };
  const inUse = new Set([9]);
  const planned = ifTaken(values, inUse);
  const seen = ['A', 'B', 'C', 'D'].map((name) => planned.newest(SHOP, name)!);
  const texts = ['A', 'B', 'C', 'D'].map((name, index) => planned.value(SHOP, name, seen[index]));
  assert.deepEqual(
    [seen, texts],
    [
      [1, 10, 3, 11],
      ['one', 'newer', 'hand', 'new'],
    ],
  );
  assert.equal(readFileSync(file, 'utf8'), before);
  assert.deepEqual(take(values, inUse).changed, planned.changed);
  assert.deepEqual(
    ['A', 'B', 'C', 'D'].map((name) => vault.newest(SHOP, name)),
    seen,
  );
});

test('values of other systems, of all systems and of other environments are not touched', (t) => {
  const { take, vault } = vaultIn(t);
  for (const at of [{ system: null }, { system: 'blog' }, { system: 'shop', environment: 'staging' }])
    vault.set({ environment: 'production', name: 'A', ...at }, 'theirs', NONE);
  take({ A: 'git' });
  const valueIn = (place: { system: string; environment: string }) =>
    vault.value(place, 'A', vault.newest(place, 'A')!);
  const others = [
    { ...SHOP, system: 'blog' },
    { ...SHOP, system: 'third' },
    { ...SHOP, environment: 'staging' },
  ];
  assert.deepEqual([...others, SHOP].map(valueIn), ['theirs', 'theirs', 'theirs', 'git']);
});
