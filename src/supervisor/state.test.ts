import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { StateFile } from './state.ts';
import { setOf, wishOf } from './testing/wish.ts';

function temporary(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-state-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const EMPTY = {
  ...{ desired: [], internalPorts: {}, resourcePorts: {}, resourceNetworks: {} },
  ...{ runs: [], leaving: [], lost: null },
};

test('an empty folder is an empty state', (t) => {
  assert.deepEqual(new StateFile(path.join(temporary(t), 'new')).state, EMPTY);
});

test('what was updated is there again, and the rest of it stays', (t) => {
  const folder = temporary(t);
  const first = new StateFile(folder);
  first.update({ desired: [wishOf([setOf()])] });
  first.update({ leaving: ['a'], internalPorts: { 'local/shop/web': 30_000 } });
  assert.deepEqual(new StateFile(folder).state, {
    desired: [wishOf([setOf()])],
    internalPorts: { 'local/shop/web': 30_000 },
    resourcePorts: {},
    resourceNetworks: {},
    runs: [],
    leaving: ['a'],
    lost: null,
  });
  assert.deepEqual(readdirSync(folder), ['state.json']);
  assert.equal(statSync(path.join(folder, 'state.json')).mode & 0o777, 0o600);
});

test('changes that are asked for at the same time are written at once, each after those before it', async (t) => {
  const folder = temporary(t);
  const file = new StateFile(folder);
  const first = file.updateTogether(() => ({ leaving: ['a'] }));
  const second = file.updateTogether(({ leaving }) => ({ leaving: [...leaving, 'b'] }));
  assert.deepEqual([first === second, file.state.leaving], [true, []]);
  await second;
  assert.deepEqual(new StateFile(folder).state.leaving, ['a', 'b']);
  await file.updateTogether(({ leaving }) => ({ leaving: [...leaving, 'c'] }));
  assert.deepEqual(new StateFile(folder).state.leaving, ['a', 'b', 'c']);
});

test('where they can’t be written, all of them fail, and the old state holds', async (t) => {
  const folder = temporary(t);
  const file = new StateFile(folder);
  file.update({ leaving: ['a'] });
  rmSync(folder, { recursive: true });
  const changes = ['b', 'c'].map((id) => file.updateTogether(() => ({ leaving: [id] })));
  for (const end of await Promise.allSettled(changes)) assert.equal(end.status, 'rejected');
  assert.deepEqual(file.state.leaving, ['a']);
});

test('two files do not share their empty state', (t) => {
  const a = new StateFile(path.join(temporary(t), 'a'));
  const b = new StateFile(path.join(temporary(t), 'b'));
  a.state.leaving.push('x');
  assert.deepEqual(b.state.leaving, []);
});

test('a file of an older version gets what is new', (t) => {
  const folder = temporary(t);
  writeFileSync(path.join(folder, 'state.json'), '{"desired":[],"leaving":["a"]}');
  assert.deepEqual(new StateFile(folder).state, {
    desired: [],
    internalPorts: {},
    resourcePorts: {},
    resourceNetworks: {},
    runs: [],
    leaving: ['a'],
    lost: null,
  });
});

test('what could not be written down does not hold in memory either', (t) => {
  const folder = temporary(t);
  const file = new StateFile(folder);
  file.update({ leaving: ['a'] });
  rmSync(folder, { recursive: true });
  assert.throws(() => file.update({ leaving: ['b'] }), { code: 'ENOENT' });
  assert.deepEqual(file.state.leaving, ['a']);
});

test('a wish of an older version has no resources, nor do its plans', (t) => {
  const folder = temporary(t);
  const { resources: _, ...wish } = wishOf([setOf()]);
  const sets = wish.sets.map(({ plan: { resources: __, ...plan }, ...set }) => ({ ...set, plan }));
  writeFileSync(path.join(folder, 'state.json'), JSON.stringify({ desired: [{ ...wish, sets }] }));
  assert.deepEqual(new StateFile(folder).state.desired, [wishOf([setOf()])]);
});

test('what must go on on a full disk is noted in memory, and written with the next change', (t) => {
  const folder = temporary(t);
  const file = new StateFile(folder);
  rmSync(folder, { recursive: true });
  file.note({ leaving: ['a'] });
  assert.deepEqual(file.state.leaving, ['a']);
});
for (const text of [
  '',
  'no JSON',
  '{"desired":[',
  'null',
  '[]',
  '{"desired":{}}',
  '{"desired":[],"leaving":3}',
])
  test(`a file that holds ${JSON.stringify(text)} is put aside, and the state begins anew`, (t) => {
    const folder = temporary(t);
    writeFileSync(path.join(folder, 'state.json'), text);
    const file = new StateFile(folder);
    assert.deepEqual(file.state, EMPTY);
    assert.equal(readFileSync(file.damaged!, 'utf8'), text);
    file.update({ leaving: ['a'] });
    assert.deepEqual([new StateFile(folder).state.leaving, new StateFile(folder).damaged], [['a'], null]);
  });
