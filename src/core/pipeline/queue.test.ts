import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOvertaken, mayBegin, type QueuedRun } from './queue.ts';

const RUN: QueuedRun = { id: 2, system: 'shop', branch: 'main', state: 'waiting', isDelivering: false };

const CASES: [string, Partial<QueuedRun>, { begins: boolean; overtaken: boolean }][] = [
  ['an older one of its branch', { id: 1 }, { begins: false, overtaken: false }],
  ['a newer one of its branch', { id: 3 }, { begins: true, overtaken: true }],
  ['an older one of another branch', { id: 1, branch: 'next' }, { begins: true, overtaken: false }],
  ['a newer one of another system', { id: 3, system: 'blog' }, { begins: true, overtaken: false }],
];

for (const [name, other, { begins, overtaken }] of CASES)
  test(`beside ${name}`, () => {
    const open = [RUN, { ...RUN, ...other }];
    assert.deepEqual([mayBegin(RUN, open), isOvertaken(RUN, open)], [begins, overtaken]);
  });

test('one that delivers is not overtaken, and one of no branch neither', () => {
  assert.equal(isOvertaken({ ...RUN, isDelivering: true }, [{ ...RUN, id: 3 }]), false);
  const none = { ...RUN, branch: null };
  assert.equal(isOvertaken(none, [{ ...none, id: 3 }]), false);
  assert.equal(mayBegin({ ...none, id: 3 }, [none]), false);
});
