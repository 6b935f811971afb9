import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingChanges } from './differences.ts';

test('settings that differ, each once, private ones without their values', () => {
  const before = {
    name: 'a',
    services: { web: { replicas: 2, env: { KEY: 'x', OLD: '1' }, uses: ['api'] } },
  };
  const after = {
    name: 'a',
    services: { web: { replicas: 3, env: { KEY: 'y' }, uses: ['api', 'db'] } },
    keep: 3,
  };
  assert.deepEqual(settingChanges(before, after), [
    { path: 'services.web.replicas', before: '2', after: '3' },
    { path: 'services.web.env.KEY', before: '…', after: '…' },
    { path: 'services.web.uses', before: '["api"]', after: '["api","db"]' },
    { path: 'keep', before: null, after: '3' },
    { path: 'services.web.env.OLD', before: '…', after: null },
  ]);
  assert.deepEqual(settingChanges(before, structuredClone(before)), []);
  assert.deepEqual(
    settingChanges({ resources: { db: { external: 'postgres://u:p@h' } } }, {}).map(({ before: was }) => was),
    ['…'],
  );
});
