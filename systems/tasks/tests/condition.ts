import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';

/** Asks again until the answer is the expected one; after `limit` ms it fails with the last answer. */
export async function eventually<Value>(
  ask: () => Promise<Value>,
  expected: Value,
  limit = 8000,
): Promise<void> {
  const end = performance.now() + limit;
  for (;;) {
    const value = await ask();
    try {
      return assert.deepEqual(value, expected);
    } catch (error) {
      if (performance.now() > end) throw error;
      await setImmediate();
    }
  }
}
