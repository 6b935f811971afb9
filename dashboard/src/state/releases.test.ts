import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SystemView } from '../api/types.ts';
import { releaseBefore } from './releases.ts';

function system(release: number | null, verdicts: [to: number, state: string][], kept: number[]): SystemView {
  const rollouts = verdicts.map(([toRelease, state]) => ({ toRelease, state }));
  return { release, rollouts, releases: kept.map((number) => ({ number })) } as unknown as SystemView;
}

test('it is the newest promoted one below, never one that was not taken', () => {
  const one = system(
    4,
    [
      [4, 'promoted'],
      [3, 'rolled-back'],
      [2, 'promoted'],
    ],
    [4, 3, 2, 1],
  );
  assert.equal(releaseBefore(one)?.number, 2);
});

test('there is none before the first, or when it is no longer kept', () => {
  assert.equal(releaseBefore(system(null, [], [])), null);
  assert.equal(releaseBefore(system(1, [[1, 'promoted']], [1])), null);
  assert.equal(releaseBefore(system(2, [[1, 'promoted']], [2])), null);
});
