import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageEnvironment, runtimeNeed, startOf } from './start.ts';

const WEB = {
  name: 'web',
  command: ['node', 'server.ts', '--port=${PORT}', '${HOST}'],
  static: null,
  port: true,
};

test('the address of the image stands in the command', () => {
  assert.deepEqual(startOf(WEB, 's.ts'), {
    name: 'web',
    command: ['node', 'server.ts', '--port=8000', '0.0.0.0'],
    port: true,
  });
});

test('a static folder is started by its own server', () => {
  const start = startOf({ ...WEB, command: [], static: { spa: true } }, '.escale/static-server.ts');
  const words = ['node', '--disable-warning=ExperimentalWarning', '.escale/static-server.ts', '--spa'];
  assert.deepEqual(start.command, words);
});

test('which runtime a command needs', () => {
  assert.equal(runtimeNeed(['node', 'a.js'], null), 'node');
  assert.equal(runtimeNeed(['python3', 'a.py'], null), 'python');
  assert.equal(runtimeNeed(['/usr/bin/python3', 'a.py'], null), 'python');
  assert.equal(runtimeNeed(['gunicorn', 'app:app'], 'python'), 'python');
  assert.equal(runtimeNeed(['./server'], null), null);
  assert.equal(runtimeNeed(['npm', 'start'], 'npm'), null);
});

test('the environment says where to listen, and Python where its packages are', () => {
  assert.deepEqual(imageEnvironment({ port: true, runtime: 'node', path: '/bin' }, 'app'), {
    PATH: '/bin',
    HOME: '/tmp',
    HOST: '0.0.0.0',
    PORT: '8000',
  });
  assert.deepEqual(imageEnvironment({ port: false, runtime: 'python', path: '/bin' }, 'app'), {
    PATH: '/app/.venv/bin:/bin',
    HOME: '/tmp',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  });
});
