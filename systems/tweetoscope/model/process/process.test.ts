import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normal, randomOf } from '../math/random.ts';
import { fitProcess, predictProcess } from './gaussian-process.ts';
import { processFromJson, processToJson } from './process-json.ts';

function data(count: number, seed: number) {
  const random = randomOf(seed);
  const rows = Array.from({ length: count }, () => Float64Array.of(3 * normal(random), 100 + normal(random)));
  return { rows, target: Float64Array.from(rows, (x) => Math.sin(x[0]! / 2) + 0.1 * normal(random)) };
}

test('a smooth function is learned from noisy samples', () => {
  const { rows, target } = data(80, 1);
  const { process } = fitProcess(rows, target);
  const fresh = data(50, 2);
  const error = fresh.rows.map((row, i) => Math.abs(predictProcess(process, row) - fresh.target[i]!));
  assert.ok(error.reduce((sum, e) => sum + e, 0) / 50 < 0.25, String(error));
});

test('a leave-one-out answer is the one of a process that never saw the sample', () => {
  const { rows, target } = data(30, 3);
  const { process, leaveOneOut } = fitProcess(rows, target);
  const without = fitProcess(rows.slice(1), target.slice(1)).process;
  if (JSON.stringify(without.covariance) !== JSON.stringify(process.covariance))
    assert.fail('choose another seed');
  assert.ok(Math.abs(leaveOneOut[0]! - predictProcess(without, rows[0]!)) < 0.1);
});

test('far from all samples the answer stays near theirs', () => {
  const { rows, target } = data(40, 4);
  const { process } = fitProcess(rows, target);
  assert.ok(Math.abs(predictProcess(process, [1e9, -1e9])) < 5);
});

test('one sample, equal samples and constant features are no problem', () => {
  const same = fitProcess([Float64Array.of(1, 2), Float64Array.of(1, 2)], Float64Array.of(3, 3));
  assert.ok(Math.abs(predictProcess(same.process, [1, 2]) - 3) < 1e-6);
  assert.ok(
    Math.abs(predictProcess(fitProcess([Float64Array.of(5)], Float64Array.of(7)).process, [5]) - 7) < 1e-9,
  );
});

test('JSON keeps every answer bit by bit, and refuses another version', () => {
  const { rows, target } = data(25, 5);
  const { process } = fitProcess(rows, target);
  const json = JSON.parse(JSON.stringify(processToJson(process)));
  assert.equal(predictProcess(processFromJson(json), rows[3]!), predictProcess(process, rows[3]!));
  assert.throws(() => processFromJson({ ...json, version: 9 }), /version 1, got version 9/);
});
