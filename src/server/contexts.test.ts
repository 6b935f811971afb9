import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { EscaleError } from '../core/errors/index.ts';
import { Contexts, contextName, loginAddress } from './contexts.ts';

const isError = (code: string) => (error: unknown) => error instanceof EscaleError && error.code === code;
const STAGING = { name: 'staging', url: 'https://staging.example.org', token: 'esc_1' };

function home(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-contexts-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a context is kept in a file of its owner alone, and is in use from then on', (t) => {
  const folder = home(t);
  const contexts = new Contexts({}, folder);
  assert.equal(contexts.chosen(), null);
  contexts.save(STAGING);
  assert.deepEqual(new Contexts({}, folder).chosen(), STAGING);
  const kept = path.join(folder, '.config', 'escale');
  assert.equal(statSync(kept).mode & 0o777, 0o700);
  assert.equal(statSync(path.join(kept, 'contexts.json')).mode & 0o777, 0o600);
});

test('the folder for settings is XDG’s, where that is absolute', (t) => {
  const folder = home(t);
  new Contexts({ XDG_CONFIG_HOME: path.join(folder, 'xdg') }, folder).save(STAGING);
  assert.ok(statSync(path.join(folder, 'xdg', 'escale', 'contexts.json')));
  new Contexts({ XDG_CONFIG_HOME: 'relative' }, folder).save(STAGING);
  assert.ok(statSync(path.join(folder, '.config', 'escale', 'contexts.json')));
});

test('a command may name another one; one that is not there is said, with those that are', (t) => {
  const folder = home(t);
  new Contexts({}, folder).save(STAGING);
  assert.equal(new Contexts({ ESCALE_CONTEXT: 'local' }, folder).chosen(), null);
  assert.throws(
    () => new Contexts({ ESCALE_CONTEXT: 'nowhere' }, folder).chosen(),
    isError('context-unknown'),
  );
  assert.throws(
    () => new Contexts({ ESCALE_CONTEXT: '__proto__' }, folder).chosen(),
    isError('context-unknown'),
  );
});

test('use and remove', (t) => {
  const contexts = new Contexts({}, home(t));
  contexts.save(STAGING);
  contexts.save({ ...STAGING, name: 'production', token: 'esc_2' });
  contexts.use('staging');
  assert.equal(contexts.chosen()?.token, 'esc_1');
  contexts.remove('staging');
  assert.equal(contexts.chosen(), null);
  assert.deepEqual(
    contexts.list().map(({ name }) => name),
    ['production'],
  );
  for (const act of [() => contexts.use('staging'), () => contexts.remove('staging')])
    assert.throws(act, isError('context-unknown'));
  contexts.use('local');
});

test('addresses that a token may be sent to', () => {
  for (const [text, address] of [
    ['https://escale.example.org', 'https://escale.example.org'],
    ['https://escale.example.org:8443/', 'https://escale.example.org:8443'],
    ['http://escale.localhost:8080', 'http://escale.localhost:8080'],
    ['http://localhost:8080/', 'http://localhost:8080'],
    ['http://127.0.0.1', 'http://127.0.0.1'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ] as const)
    assert.equal(loginAddress(text), address);
  for (const text of [
    ...[
      'http://escale.example.org',
      'http://10.0.0.1',
      'http://localhost.evil.example',
      'http://notlocalhost',
    ],
    ...['http://127.0.0.1.evil.example', 'https://ada:word@escale.example.org', 'https://a.example/path'],
    ...[
      'https://a.example/?q',
      'https://a.example/#h',
      'ftp://a.example',
      'file:///etc',
      'escale.example.org',
    ],
    ...['', ';id', '$(id)', '-rf', '--upload-pack=x', 'https://', 'javascript:alert(1)'],
  ])
    assert.throws(() => loginAddress(text), isError('login-address'), text);
});

test('a context is called after its host, or as it is wished', () => {
  assert.equal(contextName(undefined, 'https://escale.example.org'), 'escale-example-org');
  assert.equal(contextName(undefined, 'http://escale.localhost:8080'), 'escale-localhost-8080');
  assert.equal(contextName('work', 'https://escale.example.org'), 'work');
  for (const name of ['local', '', '../x', 'a b', '-rf', '__proto__', 'a\nb', '$(id)', 'é'])
    assert.throws(() => contextName(name, 'https://a.example'), isError('context-unknown'), name);
  assert.throws(() => contextName(undefined, 'http://127.0.0.1'), isError('context-unknown'));
});
