import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineCutter } from './line-cutter.ts';

test('property: however the bytes are cut, the lines are those of the whole text', () => {
  const lines = fc.array(fc.string({ unit: 'binary' }).map((line) => line.replaceAll('\n', '')));
  fc.assert(
    fc.property(lines, fc.string({ unit: 'binary' }), fc.array(fc.nat(50)), (ended, last, cuts) => {
      const rest = last.replaceAll('\n', '');
      const bytes = Buffer.from(`${ended.map((line) => `${line}\n`).join('')}${rest}`);
      const cutter = new LineCutter();
      let start = 0;
      const seen = cuts.flatMap((length) => {
        const piece = bytes.subarray(start, start + length);
        start += piece.length;
        return cutter.push(piece);
      });
      seen.push(...cutter.push(bytes.subarray(start)));
      assert.deepEqual(seen, ended);
      assert.deepEqual(cutter.end(), rest === '' ? [] : [rest]);
      assert.deepEqual(cutter.end(), []);
    }),
  );
});

test('bytes that are no text stay bounded, too', () => {
  const lines = new LineCutter().push(Buffer.alloc(100_000, 0x80));
  assert.ok(lines.length === 6 && lines.every((line) => line.length <= 16 << 10));
});
