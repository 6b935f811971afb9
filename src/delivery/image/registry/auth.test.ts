import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { CredentialSource } from '../../../core/image/index.ts';
import { temporary, writeTree } from '../../testing/tree.ts';
import { faultyRegistry } from '../testing/faulty-registry.ts';
import { dockerCredentials } from './docker-config.ts';
import { fetchManifest } from './pull.ts';
import { Registries, type RegistrySetting } from './registries.ts';

const ADA: CredentialSource = { kind: 'user', user: 'ada', password: 'p:w' };
const BASIC = `Basic ${Buffer.from('ada:p:w').toString('base64')}`;

interface TokenServer {
  url: string;
  asked: { method: string; url: URL; authorization: string | undefined; form: URLSearchParams }[];
}

/** Gives `token-N` to whoever asks; `status` says how it answers. */
async function tokenServer(t: TestContext, status = 200): Promise<TokenServer> {
  const asked: TokenServer['asked'] = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url!, 'http://tokens');
    const { authorization } = request.headers;
    asked.push({ method: request.method!, url, authorization, form: new URLSearchParams(body) });
    response.writeHead(status).end(JSON.stringify({ token: `token-${asked.length}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, asked };
}

/** A registry with one manifest, which wants an `Authorization`. */
async function guarded(t: TestContext, challenge: string, wanted: (authorization: string) => boolean) {
  const registry = await faultyRegistry(t);
  registry.manifests.set('team/shop 1', { bytes: Buffer.from('{}'), mediaType: 'a/b' });
  registry.fault = ({ headers }) =>
    wanted(headers.authorization ?? '')
      ? null
      : { kind: 'status', status: 401, headers: { 'www-authenticate': challenge } };
  return registry;
}

function ask(t: TestContext, host: string, setting: RegistrySetting) {
  const registries = new Registries({ wait: async () => {}, ...setting });
  t.after(() => registries.close());
  return fetchManifest(registries.of(host), 'team/shop', '1');
}

const as = (source: CredentialSource) => ({ credentials: async () => source });

test('basic: the user is asked for once', async (t) => {
  const registry = await guarded(t, 'Basic realm="x"', (found) => found === BASIC);
  assert.ok(await ask(t, registry.host, as(ADA)));
  assert.deepEqual(
    registry.seen.map(({ headers }) => headers.authorization),
    [undefined, BASIC],
  );
});

test('bearer: a token for the scope, with the user', async (t) => {
  const tokens = await tokenServer(t);
  const challenge = `Bearer realm="${tokens.url}",service="r.example"`;
  const registry = await guarded(t, challenge, (found) => found === 'Bearer token-1');
  assert.ok(await ask(t, registry.host, as(ADA)));
  const [asked] = tokens.asked;
  assert.equal(asked!.authorization, BASIC);
  assert.deepEqual(
    [...asked!.url.searchParams],
    [
      ['service', 'r.example'],
      ['scope', 'repository:team/shop:pull'],
    ],
  );
});

test('bearer without a user: a token for everybody', async (t) => {
  const tokens = await tokenServer(t);
  const registry = await guarded(t, `Bearer realm="${tokens.url}"`, (found) => found === 'Bearer token-1');
  assert.ok(await ask(t, registry.host, as({ kind: 'none' })));
  assert.equal(tokens.asked[0]!.authorization, undefined);
});

test('an identity token is exchanged', async (t) => {
  const tokens = await tokenServer(t);
  const registry = await guarded(t, `Bearer realm="${tokens.url}"`, (found) => found === 'Bearer token-1');
  assert.ok(await ask(t, registry.host, as({ kind: 'token', identityToken: 'secret' })));
  const [asked] = tokens.asked;
  assert.equal(asked!.method, 'POST');
  assert.equal(asked!.form.get('refresh_token'), 'secret');
  assert.equal(asked!.form.get('grant_type'), 'refresh_token');
});

test('a token that has expired is replaced', async (t) => {
  const tokens = await tokenServer(t);
  let valid = 'Bearer token-1';
  const registry = await guarded(t, `Bearer realm="${tokens.url}"`, (found) => found === valid);
  const registries = new Registries(as(ADA));
  t.after(() => registries.close());
  await fetchManifest(registries.of(registry.host), 'team/shop', '1');
  valid = 'Bearer token-2';
  assert.ok(await fetchManifest(registries.of(registry.host), 'team/shop', '1'));
  assert.equal(tokens.asked.length, 2);
});

const DENIED: [string, string, CredentialSource, number][] = [
  ['no user for basic', 'Basic realm="x"', { kind: 'none' }, 200],
  ['a user that it does not know', 'TOKENS', ADA, 401],
  ['no token', 'TOKENS', ADA, 500],
  ['another kind of sign-in', 'Negotiate', ADA, 200],
  ['a token over plain http elsewhere', 'Bearer realm="http://auth.example.org/token"', ADA, 200],
  ['a token from a file', 'Bearer realm="file:///etc/passwd"', ADA, 200],
];

for (const [what, challenge, source, status] of DENIED)
  test(`${what}: denied, and said why`, async (t) => {
    const tokens = await tokenServer(t, status);
    const shown = challenge === 'TOKENS' ? `Bearer realm="${tokens.url}"` : challenge;
    const registry = await guarded(t, shown, () => false);
    await assert.rejects(ask(t, registry.host, as(source)), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'registry-denied');
      assert.ok(!error.message.includes('p:w'));
      return true;
    });
  });

test('where a redirect leads to never learns the user', async (t) => {
  const elsewhere = await faultyRegistry(t);
  elsewhere.manifests.set('team/shop 1', { bytes: Buffer.from('{}'), mediaType: 'a/b' });
  const registry = await guarded(t, 'Basic realm="x"', () => false);
  registry.fault = ({ headers, path: at }) => {
    const sent: Record<string, string> = { location: `http://${elsewhere.host}${at}` };
    const asked: Record<string, string> = { 'www-authenticate': 'Basic realm="x"' };
    const isKnown = headers.authorization === BASIC;
    return { kind: 'status', status: isKnown ? 307 : 401, headers: isKnown ? sent : asked };
  };
  assert.ok(await ask(t, registry.host, as(ADA)));
  assert.deepEqual(
    elsewhere.seen.map(({ headers }) => headers.authorization),
    [undefined],
  );
});

test('a redirect to plain http elsewhere is not followed', async (t) => {
  const registry = await guarded(t, '', () => false);
  registry.fault = () => ({ kind: 'status', status: 307, headers: { location: 'http://r.example.org/x' } });
  await assert.rejects(ask(t, registry.host, as(ADA)), { code: 'registry-unreachable' });
});

test('redirects without end', async (t) => {
  const registry = await guarded(t, '', () => false);
  registry.fault = ({ path: at }) => ({ kind: 'status', status: 302, headers: { location: at } });
  await assert.rejects(ask(t, registry.host, as(ADA)), { code: 'registry-failed' });
});

test('a server that may not reach inside addresses does not', async (t) => {
  const registry = await guarded(t, '', () => true);
  await assert.rejects(ask(t, registry.host, { ...as(ADA), allowInside: false }), { code: 'address-inside' });
  assert.deepEqual(registry.seen, []);
});

test('nobody listens: said after a few tries', async (t) => {
  await assert.rejects(ask(t, '127.0.0.1:1', as(ADA)), { code: 'registry-unreachable' });
});

function configIn(t: TestContext, config: object, helper?: string): NodeJS.ProcessEnv {
  const folder = temporary(t);
  writeTree(folder, {
    'config.json': JSON.stringify(config),
    ...(helper && { 'bin/docker-credential-test*': helper }),
  });
  return { PATH: `${path.join(folder, 'bin')}:/usr/bin:/bin`, DOCKER_CONFIG: folder };
}

const helping = (script: string) => `#!/bin/sh\n${script}\n`;

test('a credential helper is asked over its input, never by its words', async (t) => {
  const script = 'read server; echo "{\\"Username\\":\\"$1 $server\\",\\"Secret\\":\\"s\\"}"';
  const env = configIn(t, { credHelpers: { 'r.example': 'test' } }, helping(script));
  const source = await dockerCredentials(env)('r.example');
  assert.deepEqual(source, { kind: 'user', user: 'get r.example', password: 's' });
  assert.deepEqual(await dockerCredentials(env)('other.example'), { kind: 'none' });
});

test('a helper that has none, one that fails, one that is not there', async (t) => {
  const config = { credsStore: 'test' };
  const none = configIn(t, config, helping('echo credentials not found in native keychain; exit 1'));
  assert.deepEqual(await dockerCredentials(none)('r'), { kind: 'none' });
  for (const env of [
    configIn(t, config, helping('echo secret-word; exit 1')),
    configIn(t, config, helping('echo secret-word')),
    configIn(t, config),
  ])
    await assert.rejects(dockerCredentials(env)('r'), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'registry-credentials');
      assert.ok(!error.message.includes('secret-word'));
      return true;
    });
});

test('a damaged file is said, a missing one is none', async (t) => {
  const folder = writeTree(temporary(t), { 'config.json': '{' });
  await assert.rejects(dockerCredentials({ DOCKER_CONFIG: folder })('r'), { code: 'registry-credentials' });
  assert.deepEqual(await dockerCredentials({ DOCKER_CONFIG: temporary(t) })('r'), { kind: 'none' });
});

test('a proxy of the environment is used, but never for this host', async (t) => {
  const proxy = await faultyRegistry(t);
  const registry = await guarded(t, '', () => true);
  const before = process.env.HTTP_PROXY;
  process.env.HTTP_PROXY = `http://${proxy.host}`;
  t.after(() => {
    if (before === undefined) delete process.env.HTTP_PROXY;
    else process.env.HTTP_PROXY = before;
  });
  assert.ok(await ask(t, registry.host, as(ADA)));
  assert.equal(proxy.seen.length, 0);
  const away = ask(t, 'r.example.org', { ...as(ADA), plainHttp: () => true });
  assert.equal(await away, null);
  assert.equal(proxy.seen[0]!.path, 'http://r.example.org/v2/team/shop/manifests/1');
});
