import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Challenge, parseChallenge } from './challenge.ts';

const bearer = (realm: string, service: string | null, scope: string | null): Challenge => ({
  scheme: 'bearer',
  ...{ realm, service, scope },
});

const HEADERS: [string, Challenge | null][] = [
  ['Basic realm="Registry Realm"', { scheme: 'basic' }],
  ['basic', { scheme: 'basic' }],
  ['Bearer realm="https://auth.example/token"', bearer('https://auth.example/token', null, null)],
  [
    'Bearer realm="https://a.example/t",service="r.example",scope="repository:a/b:pull,push"',
    bearer('https://a.example/t', 'r.example', 'repository:a/b:pull,push'),
  ],
  ['bearer  realm = "https://a.example/t" , service = r', bearer('https://a.example/t', 'r', null)],
  ['Negotiate, Bearer realm="https://a.example/t"', bearer('https://a.example/t', null, null)],
  ['Bearer service="no realm", Basic realm="x"', { scheme: 'basic' }],
  ['Bearer realm="a \\"quoted\\" one"', bearer('a "quoted" one', null, null)],
  ['Digest realm="x"', null],
  ['', null],
];

for (const [header, challenge] of HEADERS)
  test(`${JSON.stringify(header)}`, () => assert.deepEqual(parseChallenge(header), challenge));

test('property: any text is read in no time', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseChallenge(`Bearer ${text}`)));
});
