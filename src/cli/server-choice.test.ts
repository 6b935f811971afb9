import assert from 'node:assert/strict';
import { test } from 'node:test';
import { USUAL_SERVER } from '../core/kubernetes/index.ts';
import { serverRequest } from './server-choice.ts';

test('without options the control plane is as usual, and the command that writes it again has none', () => {
  assert.deepEqual(serverRequest({}), { wish: USUAL_SERVER, words: [] });
});

test('what is chosen is in the wish, and in the command that writes it again', () => {
  const flags = {
    ...{ image: 'r.example.org/escale:1', namespace: 'control', host: 'escale.example.org' },
    ...{ storage: '1024Gi', storageClass: 'fast', imageBase: 'r.example.org/base:1' },
  };
  const { wish, words } = serverRequest(flags);
  assert.deepEqual(wish, {
    ...{ image: 'r.example.org/escale:1', namespace: 'control', host: 'escale.example.org' },
    ...{ storage: { size: '1Ti', className: 'fast' }, imageBase: 'r.example.org/base:1' },
  });
  assert.equal(
    words.join(' '),
    '--image r.example.org/escale:1 --namespace control --host escale.example.org --storage 1024Gi --storage-class fast --image-base r.example.org/base:1',
  );
});

test('all that can’t be used is told at once', () => {
  const flags = {
    ...{ image: 'escale', namespace: 'X_', host: 'https://escale.example.org' },
    ...{ storage: '20', storageClass: 'Fast', imageBase: 'debian' },
  };
  assert.throws(() => serverRequest(flags), {
    code: 'kubernetes-choice',
    message: [
      '--image: expected REGISTRY/NAME[:TAG], such as registry.example.org/team/escale:1.0, got "escale"',
      '--namespace: expected a name of lower case letters, digits and hyphens, got "X_"',
      '--host: expected a name such as escale.example.org, got "https://escale.example.org"',
      '--storage: expected a size such as 20Gi, got "20"',
      '--storage-class: expected the name of a class such as fast, got "Fast"',
      '--image-base: expected REGISTRY/NAME[:TAG], such as registry.example.org/team/base:1, got "debian"',
    ].join('\n'),
  });
});
