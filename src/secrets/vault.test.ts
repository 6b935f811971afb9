import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { EscaleError } from '../core/errors/index.ts';
import { Vault } from './index.ts';

const SHOP = { system: 'shop', environment: 'local' };
const KEY = { ...SHOP, name: 'API_KEY' };
const NONE = new Set<number>();

function vaultIn(t: TestContext) {
  const root = mkdtempSync(path.join(os.tmpdir(), 'escale-vault-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const parts = {
    folder: path.join(root, 'secrets'),
    keyFile: path.join(root, 'secret-key'),
    now: () => 1000,
  };
  return { root, parts, vault: new Vault(parts), file: path.join(parts.folder, 'local.json') };
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof EscaleError, String(error));
    return error.code;
  }
  return 'none';
}

test('a value is read back by another process’s vault, and nothing on the disk shows it', (t) => {
  const { root, parts, vault, file } = vaultIn(t);
  const value = 'correct horse ünd staple';
  assert.deepEqual(vault.set(KEY, value, NONE), { ...KEY, version: 1, setAt: 1000, git: null });
  assert.equal(new Vault(parts).value(SHOP, 'API_KEY', 1), value);
  assert.deepEqual(readdirSync(root).sort(), ['secret-key', 'secrets']);
  for (const name of [file, parts.keyFile]) {
    assert.equal(statSync(name).mode & 0o777, 0o600);
    const text = readFileSync(name, 'utf8');
    for (const form of [value, Buffer.from(value).toString('base64'), Buffer.from(value).toString('hex')])
      assert.ok(!text.includes(form));
  }
  assert.doesNotMatch(JSON.stringify(vault.list('local')), /correct|sealed/);
});

test('the same value twice is sealed differently', (t) => {
  const { vault, file } = vaultIn(t);
  vault.set(KEY, 'same', NONE);
  vault.set({ ...KEY, name: 'OTHER' }, 'same', NONE);
  const [one, other] = JSON.parse(readFileSync(file, 'utf8')).secrets.map(
    (entry: { values: { sealed: string }[] }) => entry.values[0]!.sealed,
  );
  assert.notEqual(one, other);
});

test('versions grow at each set, over all secrets and also after a removal', (t) => {
  const { vault } = vaultIn(t);
  assert.equal(vault.newest(SHOP, 'API_KEY'), null);
  assert.equal(vault.set(KEY, 'a', NONE).version, 1);
  assert.equal(vault.set({ ...KEY, name: 'B' }, 'b', NONE).version, 2);
  assert.equal(vault.set(KEY, 'a', NONE).version, 3);
  vault.remove(KEY, NONE);
  assert.equal(vault.newest(SHOP, 'API_KEY'), null);
  assert.equal(vault.set(KEY, 'a', NONE).version, 4);
});

test('also where the file was lost: the number of what runs is not given to another value', (t) => {
  const { vault, file } = vaultIn(t);
  for (const value of ['a', 'b']) vault.set(KEY, value, NONE);
  rmSync(file);
  assert.equal(vault.set(KEY, 'c', new Set([2])).version, 3);
});

test('a system’s own secret comes before the one of all systems', (t) => {
  const { vault } = vaultIn(t);
  vault.set({ ...KEY, system: null }, 'everybody', NONE);
  assert.equal(vault.value(SHOP, 'API_KEY', vault.newest(SHOP, 'API_KEY')!), 'everybody');
  vault.set(KEY, 'own', NONE);
  assert.equal(vault.value(SHOP, 'API_KEY', vault.newest(SHOP, 'API_KEY')!), 'own');
  assert.equal(vault.newest({ ...SHOP, system: 'blog' }, 'API_KEY'), 1);
  assert.equal(vault.newest({ ...SHOP, environment: 'staging' }, 'API_KEY'), null);
  assert.deepEqual(
    vault.list('local').map(({ system, version }) => [system, version]),
    [
      [null, 1],
      ['shop', 2],
    ],
  );
});

test('former values stay while they are in use, and the one before the newest', (t) => {
  const { vault } = vaultIn(t);
  vault.set(KEY, 'one', NONE);
  for (const value of ['two', 'three']) vault.set(KEY, value, new Set([1]));
  const read = (version: number) => codeOf(() => vault.value(SHOP, 'API_KEY', version));
  assert.deepEqual([1, 2, 3].map(read), ['none', 'none', 'none']);
  vault.set(KEY, 'four', NONE);
  assert.deepEqual([1, 2, 3, 4].map(read), ['secret-missing', 'secret-missing', 'none', 'none']);
  assert.equal(
    codeOf(() => vault.remove(KEY, new Set([3]))),
    'secret-used',
  );
  vault.remove(KEY, new Set([2]));
  assert.deepEqual([3, 4].map(read), ['secret-missing', 'secret-missing']);
  assert.equal(
    codeOf(() => vault.remove(KEY, NONE)),
    'secret-unknown',
  );
});

test('a value that was moved, cut or changed does not open', (t) => {
  const { vault, parts, file } = vaultIn(t);
  vault.set(KEY, 'for the shop', NONE);
  const whole = readFileSync(file, 'utf8');
  const tries: [string, string, typeof SHOP, string, number][] = [
    ['another system', whole.replace('"shop"', '"blog"'), { ...SHOP, system: 'blog' }, 'API_KEY', 1],
    ['another name', whole.replace('API_KEY', 'OTHER'), SHOP, 'OTHER', 1],
    ['all systems', whole.replace('"shop"', 'null'), SHOP, 'API_KEY', 1],
    ['another version', whole.replace('"version":1', '"version":2'), SHOP, 'API_KEY', 2],
    ['cut', whole.replace(/"sealed":".{8}/, '"sealed":"'), SHOP, 'API_KEY', 1],
    ['empty', whole.replace(/"sealed":"[^"]*/, '"sealed":"'), SHOP, 'API_KEY', 1],
  ];
  for (const [what, text, place, name, version] of tries) {
    writeFileSync(file, text);
    assert.equal(
      codeOf(() => vault.value(place, name, version)),
      'secret-damaged',
      what,
    );
  }
  writeFileSync(path.join(parts.folder, 'staging.json'), whole);
  assert.equal(
    codeOf(() => vault.value({ ...SHOP, environment: 'staging' }, 'API_KEY', 1)),
    'secret-damaged',
  );
  writeFileSync(file, whole.slice(0, -3));
  assert.equal(
    codeOf(() => vault.list('local')),
    'secret-damaged',
  );
});

test('the key is made once; a missing, wrong or open one is said and never replaced', (t) => {
  const { vault, parts } = vaultIn(t);
  const { keyFile } = parts;
  const trySet = () => codeOf(() => vault.set(KEY, 'a', NONE));
  assert.equal(trySet(), 'none');
  const key = readFileSync(keyFile, 'utf8');
  assert.equal(trySet(), 'none');
  assert.equal(readFileSync(keyFile, 'utf8'), key);
  chmodSync(keyFile, 0o640);
  assert.equal(trySet(), 'secret-key');
  chmodSync(keyFile, 0o600);
  writeFileSync(keyFile, 'not a key');
  assert.equal(trySet(), 'secret-key');
  rmSync(keyFile);
  assert.equal(trySet(), 'secret-key');
  assert.equal(
    codeOf(() => vault.value(SHOP, 'API_KEY', 2)),
    'secret-key',
  );
  writeFileSync(
    keyFile,
    key.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    { mode: 0o600 },
  );
  assert.equal(
    codeOf(() => vault.value(SHOP, 'API_KEY', 2)),
    'secret-damaged',
  );
});

test('a key that is there before the first secret is used, not replaced', (t) => {
  const { vault, parts } = vaultIn(t);
  const key = '0123456789abcdef'.repeat(4);
  writeFileSync(parts.keyFile, key, { mode: 0o600 });
  vault.set(KEY, 'a', NONE);
  assert.equal(readFileSync(parts.keyFile, 'utf8'), key);
});

const WRONG_VALUES = ['', 'a\0b', '\ud800', 'x'.repeat(64 * 1024 + 1)];
const WRONG_NAMES = ['', 'lower', '1A', 'A-B', 'A B', '../A', 'A\n', 'Ä', 'A'.repeat(65), 'constructor'];

test('values and names that can not be used are refused without being repeated', (t) => {
  const { vault, root } = vaultIn(t);
  for (const value of WRONG_VALUES)
    assert.equal(
      codeOf(() => vault.set(KEY, value, NONE)),
      'secret-value',
    );
  for (const name of WRONG_NAMES)
    assert.throws(
      () => vault.set({ ...KEY, name }, 'a', NONE),
      (error: EscaleError) => error.code === 'secret-name' && (name === '' || !error.message.includes(name)),
    );
  for (const environment of ['../x', 'A', '', 'a/b'])
    assert.equal(
      codeOf(() => vault.set({ ...KEY, environment }, 'a', NONE)),
      'secret-name',
    );
  assert.deepEqual(readdirSync(root), []);
});

test('kill -9 at any moment of a set leaves the former secrets or the new ones', (t) => {
  const { parts, vault } = vaultIn(t);
  vault.set(KEY, 'value 0', NONE);
  const module = path.join(import.meta.dirname, 'index.ts');
  const program = `const { Vault } = await import(process.argv[1]);
    const vault = new Vault({ ...JSON.parse(process.argv[2]), now: () => 1 });
    for (let n = 1; ; n++) vault.set(${JSON.stringify(KEY)}, 'value ' + n, new Set());`;
  for (const timeout of [400, 437, 471, 503]) {
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program];
    spawnSync(process.execPath, [...args, module, JSON.stringify(parts)], { timeout, killSignal: 'SIGKILL' });
    assert.match(vault.value(SHOP, 'API_KEY', vault.newest(SHOP, 'API_KEY')!), /^value \d+$/);
  }
});

test('values of another vault are kept under its versions: those in use stay, all others go', (t) => {
  const { vault, parts } = vaultIn(t);
  const other = { system: 'blog', environment: 'local' };
  vault.mirror(SHOP, [{ name: 'API_KEY', version: 3, value: 'third' }], NONE);
  vault.mirror(other, [{ name: 'API_KEY', version: 4, value: 'another' }], NONE);
  vault.mirror(
    SHOP,
    [
      { name: 'API_KEY', version: 7, value: 'seventh' },
      { name: 'TOKEN', version: 6, value: 'token' },
    ],
    new Set([3]),
  );
  const again = new Vault(parts);
  assert.deepEqual(
    [3, 7].map((version) => again.value(SHOP, 'API_KEY', version)),
    ['third', 'seventh'],
  );
  vault.mirror(SHOP, [{ name: 'API_KEY', version: 7, value: 'seventh' }], NONE);
  assert.equal(
    codeOf(() => again.value(SHOP, 'API_KEY', 3)),
    'secret-missing',
  );
  assert.equal(
    codeOf(() => again.value(SHOP, 'TOKEN', 6)),
    'secret-missing',
  );
  assert.equal(again.value(other, 'API_KEY', 4), 'another');
  assert.equal(
    vault.masked('shop', 'it is seventh, not another'),
    `it is ${again.masked('shop', 'seventh')}, not another`,
  );
});
