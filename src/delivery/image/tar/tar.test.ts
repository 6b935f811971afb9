import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { temporary, writeTree } from '../../testing/tree.ts';
import { type Entry, type ReadEntry, readTar, sorted, tarPieces, withFolders } from './index.ts';

const LONG = `${'folder/'.repeat(20)}${'n'.repeat(120)}`;

const ENTRIES: Entry[] = [
  { path: 'app', type: 'folder', mode: 0o755 },
  { path: 'app/empty', type: 'file', mode: 0o644, content: { bytes: Buffer.alloc(0) } },
  { path: 'app/run', type: 'file', mode: 0o755, content: { bytes: Buffer.from('#!') } },
  { path: 'app/link', type: 'link', target: '../elsewhere' },
  { path: 'app/same', type: 'hardlink', target: 'app/run' },
  { path: `app/${'d/'.repeat(60)}short`, type: 'file', mode: 0o644, content: { bytes: Buffer.from('x') } },
  { path: LONG, type: 'file', mode: 0o644, content: { bytes: Buffer.alloc(5000, 7) } },
  { path: 'app/grüße', type: 'file', mode: 0o644, content: { bytes: Buffer.from('ü') } },
  { path: 'app/far', type: 'link', target: 't'.repeat(150) },
  { path: 'tmp', type: 'folder', mode: 0o1777 },
];

const archive = (entries: Entry[]) => Buffer.concat([...tarPieces(entries)]);

async function read(bytes: Buffer, pieceBytes = 1000): Promise<ReadEntry[]> {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  const found: ReadEntry[] = [];
  for await (const entry of readTar(pieces(), () => true)) found.push(entry);
  return found;
}

const plain = ({ path: name, type, mode, target, bytes }: ReadEntry) => [
  name,
  type,
  mode,
  target,
  String(bytes),
];

const asRead = (entry: Entry) => [
  entry.path,
  entry.type,
  'mode' in entry ? entry.mode : 0o777,
  'target' in entry ? entry.target : '',
  entry.type === 'file' && 'bytes' in entry.content ? String(entry.content.bytes) : '',
];

test('what is written is read again', async () => {
  assert.deepEqual((await read(archive(ENTRIES))).map(plain), ENTRIES.map(asRead));
});

test('GNU tar sees the same: names, modes, owner, time', (t) => {
  const file = path.join(temporary(t), 'a.tar');
  writeFileSync(file, archive(ENTRIES));
  const options = {
    encoding: 'utf8' as const,
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
  };
  const listed = execFileSync('tar', ['-tvf', file, '--numeric-owner', '--quoting-style=literal'], options);
  const lines = listed
    .trim()
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' '));
  assert.equal(lines.length, ENTRIES.length);
  assert.equal(lines[0], 'drwxr-xr-x 0/0 0 1970-01-01 00:00 app/');
  assert.equal(lines[2], '-rwxr-xr-x 0/0 2 1970-01-01 00:00 app/run');
  assert.equal(lines[3], 'lrwxrwxrwx 0/0 0 1970-01-01 00:00 app/link -> ../elsewhere');
  assert.equal(lines[4], 'hrwxrwxrwx 0/0 0 1970-01-01 00:00 app/same link to app/run');
  assert.ok(lines[6]!.endsWith(LONG));
  assert.ok(lines[7]!.endsWith('app/grüße'));
  assert.equal(lines[9], 'drwxrwxrwt 0/0 0 1970-01-01 00:00 tmp/');
});

for (const format of ['ustar', 'pax', 'gnu', 'oldgnu'])
  test(`an archive of GNU tar (${format}) is read`, async (t) => {
    const name =
      format === 'ustar' ? `${'d'.repeat(90)}/${'n'.repeat(95)}` : `${'d'.repeat(130)}/${'n'.repeat(140)}`;
    const folder = writeTree(temporary(t), { [name]: 'content', 'run*': 'x' });
    const bytes = execFileSync('tar', ['-C', folder, '-c', `--format=${format}`, '.'], {
      maxBuffer: 1 << 24,
    });
    const found = await read(bytes, 700);
    assert.deepEqual(
      found
        .filter(({ type }) => type === 'file')
        .map(({ path: at, bytes: content }) => [at, String(content)])
        .sort(),
      [
        [name, 'content'],
        ['run', 'x'],
      ].sort(),
    );
  });

test('property: any names and contents come back, however the bytes are cut', async () => {
  const part = fc
    .string({ minLength: 1, maxLength: 120, unit: 'binary' })
    .filter((text) => !/[/\0]|^\.\.?$/.test(text) && text.isWellFormed());
  const file = fc.tuple(fc.array(part, { minLength: 1, maxLength: 5 }), fc.uint8Array({ maxLength: 3000 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(file, { maxLength: 8 }),
      fc.integer({ min: 1, max: 2000 }),
      async (files, size) => {
        const entries = sorted(
          files.map(
            ([parts, bytes]): Entry => ({
              path: parts.join('/'),
              ...{ type: 'file', mode: 0o644, content: { bytes: Buffer.from(bytes) } },
            }),
          ),
        );
        const found = await read(archive(entries), size);
        assert.deepEqual(found.map(plain), entries.map(asRead));
      },
    ),
    { numRuns: 60 },
  );
});

test('the order is by bytes, folders before what they hold; missing folders are added', () => {
  const file = (name: string): Entry => ({
    path: name,
    type: 'file',
    mode: 0o644,
    content: { bytes: Buffer.alloc(0) },
  });
  const names = sorted(
    withFolders([file('b/c/d'), file('b-a'), file('\u{ff5e}'), file('\u{1f600}'), file('B')]),
  );
  assert.deepEqual(
    names.map((entry) => entry.path),
    ['B', 'b', 'b-a', 'b/c', 'b/c/d', '\u{ff5e}', '\u{1f600}'],
  );
});

test('pieces are of one size, so that compression does not depend on files', () => {
  const sizes = [
    ...tarPieces([{ path: 'a', type: 'file', mode: 0o644, content: { bytes: Buffer.alloc(3 << 20) } }]),
  ].map(({ length }) => length);
  assert.deepEqual(sizes, [1 << 20, 1 << 20, 1 << 20, 512 + 1024]);
});

test('a file that became shorter is no content', (t) => {
  const folder = writeTree(temporary(t), { a: 'x'.repeat(2 << 20) });
  const file = path.join(folder, 'a');
  const pieces = tarPieces([{ path: 'a', type: 'file', mode: 0o644, content: { file } }]);
  pieces.next();
  writeFileSync(file, '');
  assert.throws(() => [...pieces], /became shorter/);
});

const DAMAGED: [string, (bytes: Buffer) => Buffer][] = [
  ['ends in the middle of a content', (bytes) => bytes.subarray(0, 1600)],
  ['ends in the middle of a header', (bytes) => bytes.subarray(0, 700)],
  ['has a flipped bit in a header', (bytes) => flipped(bytes, 3)],
  ['is something else', () => Buffer.from('PK'.repeat(1000))],
];

for (const [what, damage] of DAMAGED)
  test(`an archive that ${what} is refused`, async () => {
    const whole = archive([
      { path: 'a', type: 'file', mode: 0o644, content: { bytes: Buffer.alloc(4000, 1) } },
    ]);
    await assert.rejects(read(damage(whole)), { code: 'image-damaged' });
  });

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1;
  return copy;
}

for (const name of ['../evil', 'a/../../evil', '..', 'a/..'])
  test(`a name that leaves the archive is refused: ${name}`, async () => {
    const bytes = archive([{ path: name, type: 'file', mode: 0o644, content: { bytes: Buffer.alloc(0) } }]);
    await assert.rejects(read(bytes), { code: 'image-damaged' });
    const link = archive([{ path: 'a', type: 'hardlink', target: name }]);
    await assert.rejects(read(link), { code: 'image-damaged' });
  });

test('a leading slash is nothing: names are below the top', async () => {
  const bytes = archive([
    { path: '/etc/./passwd', type: 'file', mode: 0o644, content: { bytes: Buffer.alloc(0) } },
  ]);
  assert.deepEqual(
    (await read(bytes)).map(({ path: at }) => at),
    ['etc/passwd'],
  );
});

test('too many entries, too many bytes', async () => {
  const bytes = archive(ENTRIES);
  const all = async (limits: { entries: number; bytes: number }) => {
    for await (const entry of readTar(once(bytes), () => false, limits)) void entry;
  };
  await assert.rejects(all({ entries: 3, bytes: 1e9 }), /more than 3 entries/);
  await assert.rejects(all({ entries: 100, bytes: 2000 }), /more than 2000 bytes/);
  await all({ entries: ENTRIES.length, bytes: bytes.length });
});

async function* once(bytes: Buffer) {
  yield bytes;
}

test('property: any bytes are read or refused, never anything else', async () => {
  const whole = archive(ENTRIES);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 12 }),
      async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        const refused = await read(bytes).then(
          () => 'image-damaged',
          (error: { code?: string }) => error.code,
        );
        assert.equal(refused, 'image-damaged');
      },
    ),
    { numRuns: 300 },
  );
});
