import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { generateX25519Identity } from 'age-encryption';
import { EscaleError } from '../../core/errors/index.ts';
import { recipientOf } from '../age.ts';
import { type SopsWish, sopsFile, wrapWithAge } from '../testing/sops.ts';
import type { SopsFormat } from './document.ts';
import { readSopsFile } from './read-file.ts';

const identity = await generateX25519Identity();
const recipient = await recipientOf(identity);
const VALUES = {
  API_KEY: 'geheim ✓: "x" # $y',
  LINES: 'a\nb\n',
  PORT: 8080,
  RATE: 0.25,
  ON: true,
  OFF: false,
};
const TEXTS = { ...VALUES, PORT: '8080', RATE: '0.25', ON: 'true', OFF: 'false' };
const withoutAge = spawnSync('age', ['--version']).status !== 0 && 'no age here (Debian: apt install age)';

async function read(text: string, format: SopsFormat = 'yaml', as = identity) {
  const values = await readSopsFile(text, { format, identity: as, file: 'secrets.sops.yaml' });
  return Object.fromEntries(values.map(({ name, value }) => [name, value]));
}

function make(wish: Partial<SopsWish> = {}) {
  return sopsFile({ values: VALUES, recipients: [recipient], ...wish });
}

/** The error of a file, which has none of its values. */
async function refusal(text: string, format?: SopsFormat, as?: string): Promise<EscaleError> {
  const error = await read(text, format, as).then(
    () => assert.fail('it was read'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof EscaleError, String((error as Error).stack));
  assert.doesNotMatch(JSON.stringify(error) + error.stack, /geheim|klartext|ENC\[/);
  return error;
}

test('values of every kind are read back, from YAML and from JSON', async () => {
  for (const format of ['yaml', 'json'] as const)
    for (const macOnlyEncrypted of [false, true])
      assert.deepEqual(await read(await make({ format, macOnlyEncrypted }), format), TEXTS);
});

test('what age itself encrypted is read back', { skip: withoutAge }, async () => {
  assert.deepEqual(await read(await make({ wrap: wrapWithAge })), TEXTS);
});

test('one recipient of several is enough; for others it says whom it would have to be encrypted for', async () => {
  const other = await generateX25519Identity();
  const others = [await recipientOf(other)];
  assert.deepEqual(await read(await make({ recipients: [...others, recipient] })), TEXTS);
  const error = await refusal(await make({ recipients: others }));
  assert.equal(error.code, 'sops-recipient');
  assert.ok(error.message.includes(recipient) && error.next.includes(`--add-age ${recipient}`));
});

test('a key under another’s name does not open', async () => {
  const text = await make({ recipients: [await recipientOf(await generateX25519Identity())] });
  const error = await refusal(text.replace(/age1\w+/, recipient));
  assert.equal(error.code, 'sops-changed');
});

test('what was changed without SOPS is seen', async () => {
  const text = await make();
  const lineOf = (name: string) => new RegExp(`^${name}: .*\n`, 'm').exec(text)![0];
  const changed: [string, string][] = [
    ['a value is gone', text.replace(lineOf('PORT'), '')],
    [
      'two values have other places',
      text.replace(lineOf('ON') + lineOf('OFF'), lineOf('OFF') + lineOf('ON')),
    ],
    ['another time', text.replace('2026-11-26', '2026-11-27')],
    ['another code', text.replace('mac: "ENC[AES256_GCM,data:', 'mac: "ENC[AES256_GCM,data:AA')],
    ['the other kind of code', text.replace('version:', 'mac_only_encrypted: true\n    version:')],
  ];
  for (const [what, each] of changed) {
    assert.notEqual(each, text, what);
    assert.equal((await refusal(each)).code, 'sops-changed', what);
  }
});

test('a value under another name, or changed, does not open', async () => {
  const text = await make();
  for (const each of [
    text.replace('API_KEY', 'OTHER_KEY'),
    text.replace(
      /(API_KEY: ENC\[AES256_GCM,data:)./,
      (_, begin) => `${begin}${/API_KEY.*data:A/.test(text) ? 'B' : 'A'}`,
    ),
  ]) {
    const error = await refusal(each);
    assert.equal(error.code, 'sops-file');
    assert.match(error.message, /(API|OTHER)_KEY: can’t be decrypted/);
  }
});

test('every mistake of a file at once, by name', async () => {
  const text = (await make()).replace(
    /^API_KEY/m,
    'api_key: geheim\ndb:\n  user:\n    password: geheim\nhosts: [geheim]\nNOTHING:\nAPI_KEY',
  );
  const error = await refusal(text);
  assert.equal(error.code, 'sops-file');
  assert.deepEqual(error.message.split('\n').slice(1), [
    '  api_key: expected a name of capital letters, digits and underscores, beginning with a letter, at most 64 long',
    '  db.user.password: stands inside another value: write it at the top, for example as DB_USER_PASSWORD',
    '  hosts[0]: stands inside another value: write it at the top, for example as HOSTS_0',
    '  NOTHING: has no value',
  ]);
});

test('a value that nobody encrypted is refused, not taken', async () => {
  const error = await refusal((await make()).replace(/^PORT: .*/m, 'PORT: klartext'));
  assert.match(error.message, /PORT: is not encrypted/);
});

const FORMS: [string, string, RegExp][] = [
  ['nothing', '', /not a map/],
  ['a text', 'geheim', /not a map/],
  ['a list', '- geheim', /not a map/],
  ['no part of SOPS', 'API_KEY: geheim', /no part `sops`/],
  ['no YAML', 'a: geheim\n b: {', /line \d is not YAML/],
  ['two documents', 'A: geheim\n---\nB: geheim', /is not YAML/],
  ['a name twice', 'A: geheim\nA: geheim', /line 2: a name stands there twice/],
  ['too large', `A: ${'geheim'.repeat(200_000)}`, /larger than 1 MiB/],
  [
    'too many names',
    Array.from({ length: 1001 }, (_, n) => `A${n}: geheim`).join('\n'),
    /more than 1000 names/,
  ],
  ['nested too deeply', `A: ${'['.repeat(100_000)}`, /is not YAML|stands inside/],
  ['an alias', 'A: &a geheim\nB: *a\nsops: {}', /B: has no value|lastmodified/],
  ['no time', 'sops: {mac: x}', /lastmodified is no time/],
  ['no code', 'sops: {lastmodified: "2026-01-01T00:00:00Z"}', /mac is missing/],
  [
    'a split key',
    'sops: {lastmodified: "2026-01-01T00:00:00Z", mac: x, key_groups: [{}, {}]}',
    /several groups/,
  ],
];

for (const [what, text, expected] of FORMS)
  test(`a file that is none is refused: ${what}`, async () => {
    const error = await refusal(text);
    assert.deepEqual([error.code, expected.test(error.message)], ['sops-file', true], error.message);
  });

test('JSON is read as JSON only', async () => {
  assert.match((await refusal('A: geheim', 'json')).message, /is not JSON/);
});

test('keys of a prototype are names like any other', async () => {
  const error = await refusal('__proto__: geheim\nconstructor: geheim\nsops: {}');
  assert.match(error.message, /__proto__: expected .*\n.*constructor: expected/);
});
