import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addedFields, strayedFields } from './index.ts';

const APPLIED = {
  ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
  metadata: { name: 'web', labels: { a: 'b' } },
  spec: {
    replicas: 2,
    containers: [
      {
        name: 'web',
        image: 'x',
        env: [
          { name: 'EMPTY', value: '' },
          { name: 'A', value: '1' },
        ],
      },
    ],
    args: ['a', 'b'],
  },
};
const live = (change: (object: typeof APPLIED) => void) => {
  const copy = structuredClone(APPLIED);
  change(copy);
  return copy as unknown as Record<string, unknown>;
};
const paths = (object: Record<string, unknown>) => strayedFields(APPLIED, object).map(({ path }) => path);

test('what is as it was applied has not strayed, whatever the API fills in or leaves out', () => {
  const same = live((object) => {
    Object.assign(object, { status: { replicas: 7 } });
    Object.assign(object.spec, { progressDeadlineSeconds: 600 });
    delete (object.spec.containers[0]!.env[0] as { value?: string }).value;
    object.spec.containers[0]!.env.push({ name: 'MORE', value: '2' });
    Object.assign(object.metadata, { uid: '1', annotations: { x: 'y' } });
  });
  assert.deepEqual(paths(same), []);
});

test('each field that is something else is named with its path', () => {
  const changed = live((object) => {
    object.spec.replicas = 5;
    object.spec.containers[0]!.image = 'y';
    object.spec.containers[0]!.env.splice(1);
    object.spec.args = ['a'];
    object.metadata.labels.a = 'c';
  });
  assert.deepEqual(paths(changed), [
    ...['metadata.labels.a', 'spec.replicas', 'spec.containers[web].image'],
    ...['spec.containers[web].env[A].name', 'spec.containers[web].env[A].value', 'spec.args'],
  ]);
});

test('what others add to what the file decides is theirs; labels, status and what Escale says too are not', () => {
  const fields = (more: object) => ({ 'f:spec': { 'f:replicas': {}, ...more } });
  const managed = [
    { manager: 'escale', operation: 'Apply', fieldsV1: fields({}) },
    {
      ...{ manager: 'kubectl-set', operation: 'Update' },
      fieldsV1: {
        ...fields({
          'f:containers': {
            'k:{"name":"web"}': { 'f:env': { 'k:{"name":"X"}': { '.': {}, 'f:value': {} } } },
          },
        }),
        'f:metadata': { 'f:annotations': { 'f:x': {} } },
      },
    },
    { manager: 'controller', operation: 'Update', subresource: 'status', fieldsV1: fields({ 'f:x': {} }) },
  ];
  assert.deepEqual(addedFields(managed, 'escale'), [
    { path: 'spec.containers[web].env[X].value', manager: 'kubectl-set' },
  ]);
});
