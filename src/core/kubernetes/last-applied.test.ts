import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LAST_APPLIED, withLastApplied } from './last-applied.ts';

test('an object has the note that kubectl would leave at it', () => {
  const object = {
    ...{ kind: 'ConfigMap', apiVersion: 'v1' },
    metadata: { namespace: 'shop-local', name: 'web', labels: { b: '2', a: '1' } },
    data: { 'b.txt': '<a & b>\u2028\n', 'a.txt': 'é', none: undefined },
  };
  const { metadata, ...rest } = withLastApplied(object);
  assert.deepEqual(rest, { kind: 'ConfigMap', apiVersion: 'v1', data: object.data });
  assert.deepEqual(metadata.annotations, {
    [LAST_APPLIED]:
      '{"apiVersion":"v1","data":{"a.txt":"é","b.txt":"\\u003ca \\u0026 b\\u003e\\u2028\\n"},"kind":"ConfigMap",' +
      '"metadata":{"annotations":{},"labels":{"a":"1","b":"2"},"name":"web","namespace":"shop-local"}}\n',
  });
});

test('its own annotations stand in the note', () => {
  const metadata = { name: 'web', labels: {}, annotations: { note: 'x' } };
  const { annotations } = withLastApplied({ apiVersion: 'v1', kind: 'Service', metadata }).metadata;
  assert.equal(annotations!.note, 'x');
  assert.match(annotations![LAST_APPLIED]!, /"annotations":\{"note":"x"\}/);
});
