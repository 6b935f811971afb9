import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CredentialSource, credentialSource, helperAnswer } from './credentials.ts';

const auth = Buffer.from('ada:pass:word').toString('base64');
const ADA: CredentialSource = { kind: 'user', user: 'ada', password: 'pass:word' };
const NONE: CredentialSource = { kind: 'none' };
const helper = (name: string, server: string): CredentialSource => ({ kind: 'helper', name, server });
const HUB = 'https://index.docker.io/v1/';

const CASES: [string, unknown, string, CredentialSource][] = [
  ['no file', null, 'r.example', NONE],
  ['a list', [], 'r.example', NONE],
  ['a host', { auths: { 'r.example': { auth } } }, 'r.example', ADA],
  ['an address', { auths: { 'https://r.example/v1/': { auth } } }, 'r.example', ADA],
  ['a port', { auths: { 'r.example:5000': { auth } } }, 'r.example:5000', ADA],
  ['another port', { auths: { 'r.example:5000': { auth } } }, 'r.example', NONE],
  ['another host', { auths: { 'r.example': { auth } } }, 'x.r.example', NONE],
  ['Docker Hub', { auths: { [HUB]: { auth } } }, 'docker.io', ADA],
  ['user and password', { auths: { r: { username: 'ada', password: 'pass:word' } } }, 'r', ADA],
  ['a token', { auths: { r: { identitytoken: 't' } } }, 'r', { kind: 'token', identityToken: 't' }],
  ['an empty entry and a store', { auths: { r: {} }, credsStore: 'pass' }, 'r', helper('pass', 'r')],
  ['a helper first', { auths: { r: { auth } }, credHelpers: { r: 'ecr' } }, 'r', helper('ecr', 'r')],
  ['a store for Docker Hub', { credsStore: 'secretservice' }, 'docker.io', helper('secretservice', HUB)],
  ['a path for a helper', { credHelpers: { r: '../../bin/sh' } }, 'r', NONE],
  ['a shell for a helper', { credsStore: 'x; id' }, 'r', NONE],
  ['damaged base64', { auths: { r: { auth: '!!!' } } }, 'r', NONE],
  ['numbers', { auths: { r: { auth: 5 } }, credHelpers: 7, credsStore: 3 }, 'r', NONE],
];

for (const [what, config, registry, expected] of CASES)
  test(`the user for a registry: ${what}`, () => {
    assert.deepEqual(credentialSource(config, registry), expected);
  });

test('what a helper prints', () => {
  const user = helperAnswer('{"ServerURL":"r","Username":"ada","Secret":"pass:word"}');
  assert.deepEqual(user, ADA);
  const token = helperAnswer('{"Username":"<token>","Secret":"t"}');
  assert.deepEqual(token, { kind: 'token', identityToken: 't' });
  for (const text of ['', 'null', '[]', '{"Username":"ada"}', 'credentials not found'])
    assert.equal(helperAnswer(text), null);
});
