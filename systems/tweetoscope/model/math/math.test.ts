import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backward, cholesky, forward, inverseDiagonal, logDeterminant } from './cholesky.ts';
import { gamma } from './gamma.ts';
import { maximise } from './maximum.ts';
import { exponential, normal, randomOf, shuffled } from './random.ts';

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);

test('maximise finds the higher of two hills, and a maximum on a bound', () => {
  const hills = (x: number) => Math.exp(-((x - 2) ** 2)) + 1.2 * Math.exp(-((x - 8) ** 2) * 4);
  near(maximise(hills, { low: 0, high: 10, steps: 24, tolerance: 1e-9 }).at, 8, 1e-6);
  near(maximise((x) => x, { low: 0, high: 10, steps: 24, tolerance: 1e-9 }).at, 10, 1e-9);
  near(
    maximise((x) => (x < 3 ? Number.NaN : -x), { low: 0, high: 10, steps: 24, tolerance: 1e-9 }).at,
    3,
    0.5,
  );
});

test('Γ at whole and half numbers', () => {
  near(gamma(5), 24, 1e-10);
  near(gamma(0.5), Math.sqrt(Math.PI), 1e-12);
});

test('a Cholesky factor solves, inverts and gives the determinant', () => {
  const matrix = { size: 2, values: Float64Array.of(4, 2, 2, 3) };
  const lower = cholesky(matrix)!;
  const solution = backward(lower, forward(lower, Float64Array.of(2, 5)));
  near(solution[0]!, -0.5, 1e-12);
  near(solution[1]!, 2, 1e-12);
  near(inverseDiagonal(lower)[0]!, 3 / 8, 1e-12);
  near(logDeterminant(lower), Math.log(8), 1e-12);
  assert.equal(cholesky({ size: 2, values: Float64Array.of(1, 2, 2, 1) }), undefined);
});

test('random streams repeat by seed, differ between seeds, and have the moments of their laws', () => {
  const first = Array.from({ length: 5 }, randomOf(9));
  assert.deepEqual(Array.from({ length: 5 }, randomOf(9)), first);
  assert.notDeepEqual(Array.from({ length: 5 }, randomOf(10)), first);
  const random = randomOf(1);
  const mean = (draw: () => number) =>
    Array.from({ length: 40_000 }, draw).reduce((sum, x) => sum + x, 0) / 40_000;
  near(mean(random), 0.5, 0.01);
  near(
    mean(() => exponential(random)),
    1,
    0.02,
  );
  near(
    mean(() => normal(random) ** 2),
    1,
    0.03,
  );
});

test('a shuffle holds every place once', () => {
  assert.deepEqual(
    [...shuffled(100, randomOf(3))].sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => i),
  );
});
