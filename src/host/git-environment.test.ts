import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gitEnvironment } from './git-environment.ts';

test('what git itself left is taken out, the rest stays', () => {
  const env = { PATH: '/bin', HOME: '/home/ada', GIT_DIR: '/x', GIT_INDEX_FILE: '/y', GIT_CONFIG_COUNT: '1' };
  assert.deepEqual(gitEnvironment(env), { PATH: '/bin', HOME: '/home/ada', GIT_OPTIONAL_LOCKS: '0' });
});
