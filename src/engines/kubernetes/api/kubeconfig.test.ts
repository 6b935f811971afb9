import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { inClusterAccess } from './in-cluster.ts';
import { contextNames, kubeconfigFiles, readContext } from './kubeconfig.ts';
import { SignInDesk } from './sign-in.ts';

function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(os.tmpdir(), 'escale-kubeconfig-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function config(t: TestContext, text: string): string {
  const file = path.join(folder(t), 'config');
  writeFileSync(file, text);
  return file;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const TWO = `
current-context: one
contexts:
  - {name: one, context: {cluster: near, user: ada}}
  - {name: two, context: {cluster: far, user: ''}}
clusters:
  - {name: near, cluster: {server: 'https://10.0.0.1:6443/', certificate-authority-data: ${base64('CA')}, tls-server-name: api}}
  - {name: far, cluster: {server: 'https://far.test', insecure-skip-tls-verify: true}}
users:
  - {name: ada, user: {client-certificate-data: ${base64('CERT')}, client-key-data: ${base64('KEY')}}}
`;

test('contexts as kubectl reads them: the current one, one by name', (t) => {
  const file = config(t, TWO);
  assert.deepEqual(readContext([file], null), {
    ...{ server: 'https://10.0.0.1:6443', authority: 'CA', serverName: 'api', isInsecure: false },
    signIn: { kind: 'certificate', certificate: 'CERT', key: 'KEY' },
  });
  assert.deepEqual(readContext([file], 'two'), {
    ...{ server: 'https://far.test', authority: null, serverName: null, isInsecure: true },
    signIn: { kind: 'nobody' },
  });
  assert.deepEqual(contextNames([file]), ['one', 'two']);
});

test('KUBECONFIG names several files: what comes first counts, paths begin at their own file', (t) => {
  const first = config(t, 'users: [{name: ada, user: {tokenFile: token}}]');
  const second = config(t, TWO);
  const files = kubeconfigFiles({ KUBECONFIG: `${first}${path.delimiter}${second}` }, '/home/ada');
  assert.deepEqual(files, [first, second]);
  assert.deepEqual(kubeconfigFiles({}, '/home/ada'), ['/home/ada/.kube/config']);
  const { signIn } = readContext(files, 'one');
  assert.deepEqual(signIn, { kind: 'token-file', file: path.join(path.dirname(first), 'token') });
});

const WRONG: [string, string, RegExp][] = [
  ['no file', '', /can’t be read|no map/],
  ['no YAML', '{', /can’t be read/],
  ['no current context', 'contexts: []', /no current context/],
  ['no such context', 'current-context: x\ncontexts: [{name: one}]', /no context "x"; there are: one/],
  ['no server', TWO.replace(/server: 'https:\/\/10.0.0.1:6443\/', /, ''), /server is missing/],
  ['no address', TWO.replace('https://10.0.0.1:6443/', 'ftp://x'), /expected an address such as/],
  [
    'what was taken out',
    TWO.replace(/user: \{client.*\}\}/, 'user: {auth-provider: {name: gcp}}}'),
    /auth-provider/,
  ],
  [
    'a file that is not there',
    TWO.replace(/certificate-authority-data: \w+=*/, 'certificate-authority: /nowhere'),
    /ENOENT/,
  ],
];
for (const [name, text, reason] of WRONG)
  test(`${name} is said`, (t) => {
    const file = config(t, text);
    assert.throws(
      () => readContext([file], null),
      (error: Error & { code: string }) => {
        assert.equal(error.code, 'cluster-config');
        assert.match(error.message, reason);
        return true;
      },
    );
  });

test('a pod signs in with the account that it has', (t) => {
  const account = folder(t);
  writeFileSync(path.join(account, 'token'), 'abc');
  writeFileSync(path.join(account, 'ca.crt'), 'CA');
  assert.equal(inClusterAccess({}, account), null);
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  const access = inClusterAccess(env, account)!;
  assert.equal(access.server, 'https://[fd00::1]:443');
  assert.deepEqual(access.signIn, { kind: 'token-file', file: path.join(account, 'token') });
});

const ACCESS = { server: 'https://near.test', authority: 'CA', serverName: null, isInsecure: false };

test('a program that gives tokens is asked once, and again when its token has run out', async (t) => {
  const home = folder(t);
  const program = path.join(home, 'give-token');
  // It counts how often it was asked, and says which cluster it was told of.
  writeFileSync(
    program,
    `#!/bin/sh
echo x >> ${home}/asked
server=$(printf %s "$KUBERNETES_EXEC_INFO" | grep -o 'near.test')
echo '{"kind":"ExecCredential","status":{"token":"'$1-$EXTRA-$server-$(wc -l < ${home}/asked)'","expirationTimestamp":"2026-01-01T01:00:00Z"}}'
`,
  );
  chmodSync(program, 0o755);
  let now = Date.parse('2026-01-01T00:00:00Z');
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: program,
    args: ['t'],
    env: { EXTRA: 'e' },
  };
  const signIn = { kind: 'program' as const, program: { ...exec, installHint: '', wantsCluster: true } };
  const desk = new SignInDesk({ ...ACCESS, signIn }, () => now);
  const both = await Promise.all([desk.credential(), desk.credential()]);
  assert.deepEqual(
    both.map(({ authorization }) => authorization),
    Array(2).fill('Bearer t-e-near.test-1'),
  );
  now += 3_600_001;
  assert.equal((await desk.credential()).authorization, 'Bearer t-e-near.test-2');
  desk.forget();
  assert.equal((await desk.credential()).authorization, 'Bearer t-e-near.test-3');
});

test('a program that is missing, or says nothing, is named with what to do', async () => {
  const exec = {
    apiVersion: 'v1',
    command: '/nowhere/login',
    args: [],
    env: {},
    installHint: 'Install it.',
    wantsCluster: false,
  };
  const missing = new SignInDesk({ ...ACCESS, signIn: { kind: 'program', program: exec } });
  await assert.rejects(missing.credential(), { code: 'cluster-config', next: 'Install it.' });
  const silent = new SignInDesk({
    ...ACCESS,
    signIn: { kind: 'program', program: { ...exec, command: 'true' } },
  });
  await assert.rejects(silent.credential(), { message: 'true gives neither a token nor a certificate' });
});

test('a file with a token is read again after a while', async (t) => {
  const file = path.join(folder(t), 'token');
  writeFileSync(file, 'one\n');
  let now = 0;
  const desk = new SignInDesk({ ...ACCESS, signIn: { kind: 'token-file', file } }, () => now);
  assert.equal((await desk.credential()).authorization, 'Bearer one');
  writeFileSync(file, 'two\n');
  assert.equal((await desk.credential()).authorization, 'Bearer one');
  now = 60_001;
  assert.equal((await desk.credential()).authorization, 'Bearer two');
});
