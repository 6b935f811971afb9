import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastApplied } from './last-applied.ts';

test('the note of an object is the one that kubectl would leave', () => {
  const object = {
    ...{ kind: 'ConfigMap', apiVersion: 'v1' },
    metadata: { namespace: 'shop-local', name: 'web', labels: { b: '2', a: '1' } },
    data: { 'b.txt': '<a & b>\u2028\n', 'a.txt': 'é', none: undefined },
  };
  assert.equal(
    lastApplied(object),
    '{"apiVersion":"v1","data":{"a.txt":"é","b.txt":"\\u003ca \\u0026 b\\u003e\\u2028\\n"},"kind":"ConfigMap",' +
      '"metadata":{"annotations":{},"labels":{"a":"1","b":"2"},"name":"web","namespace":"shop-local"}}\n',
  );
});

test('its own annotations stand in the note', () => {
  const metadata = { name: 'web', labels: {}, annotations: { note: 'x' } };
  const text = lastApplied({ apiVersion: 'v1', kind: 'Service', metadata });
  assert.match(text, /"annotations":\{"note":"x"\}/);
});
