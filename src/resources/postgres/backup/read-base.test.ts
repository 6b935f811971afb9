import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { temporary } from '../testing/place.ts';
import { makeTar } from '../testing/tar.ts';
import { readBase } from './read-base.ts';
import { BASE, type FileFacts, MANIFEST, type StoredRecord } from './record.ts';

type Contents = Record<string, string>;

/** What a copy has at least. */
const FILES: Contents = {
  backup_label: 'label',
  PG_VERSION: '18',
  'escale.json': '{}',
  'base/1/1259': 'rows',
  'global/pg_control': 'control',
};
const LOG: Contents = { 'pg_wal/000000010000000000000002': '\0'.repeat(16 * 1024 * 1024) };

/** A list as the server writes it, with its own checksum. */
function manifestOf(files: Contents): string {
  const lines = Object.entries(files).map(([Path, content]) =>
    JSON.stringify({
      Path,
      Size: content.length,
      'Last-Modified': '2026-11-26 10:25:30 GMT',
      'Checksum-Algorithm': 'SHA256',
      Checksum: createHash('sha256').update(content).digest('hex'),
    }),
  );
  const ranges = '[{ "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000120" }]';
  const text = `{ "PostgreSQL-Backup-Manifest-Version": 2,\n"Files": [\n${lines.join(',\n')}\n],\n"WAL-Ranges": ${ranges},\n`;
  return `${text}"Manifest-Checksum": "${createHash('sha256').update(text).digest('hex')}"}\n`;
}

function factsOf(content: Buffer): FileFacts {
  return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

/** Writes a backup whose own checksums are right, whatever is in it, and reads it. */
function read(t: { after(work: () => unknown): void }, archive: Contents | Buffer, manifest: string) {
  const folder = temporary(t);
  const entries = Object.entries(archive).map(([name, content]) => ({ name, content }));
  const base = zstdCompressSync(Buffer.isBuffer(archive) ? archive : makeTar(entries));
  writeFileSync(path.join(folder, BASE), base);
  writeFileSync(path.join(folder, MANIFEST), manifest);
  const files = { [BASE]: factsOf(base), [MANIFEST]: factsOf(Buffer.from(manifest)) };
  return readBase(folder, { files } as StoredRecord);
}

function without(files: Contents, name: string): Contents {
  const { [name]: _, ...others } = files;
  return others;
}

const whole = { ...FILES, ...LOG };
const manifest = manifestOf(FILES);

test('a whole copy passes', async (t) => {
  await read(t, whole, manifest);
});

test('each file is as the server said, none is missing, none too much', async (t) => {
  await assert.rejects(read(t, { ...whole, 'base/1/1259': 'rowz' }, manifest), /base\/1\/1259 was changed/);
  await assert.rejects(read(t, { ...whole, 'base/1/1259': 'row' }, manifest), /has 3 bytes instead of 4/);
  await assert.rejects(read(t, without(whole, 'base/1/1259'), manifest), /base\/1\/1259 is missing/);
  await assert.rejects(
    read(t, { ...whole, 'base/1/666': '' }, manifest),
    /base\/1\/666 does not belong to it/,
  );
  const twice = [...Object.entries(whole), ['PG_VERSION', '18']].map(([name, content]) => ({
    name: name!,
    content,
  }));
  await assert.rejects(read(t, makeTar(twice), manifest), /PG_VERSION is in it twice/);
});

test('without its log, its label or its marker a copy is no good', async (t) => {
  await assert.rejects(
    read(t, FILES, manifest),
    /the log pg_wal\/000000010000000000000002 is missing or cut/,
  );
  const short = { ...whole, 'pg_wal/000000010000000000000002': '\0' };
  await assert.rejects(read(t, short, manifest), /is missing or cut/);
  for (const name of ['backup_label', 'escale.json', 'global/pg_control'])
    await assert.rejects(
      read(t, without(whole, name), manifestOf(without(FILES, name))),
      new RegExp(`${name} is missing`),
    );
});

test('the list has a checksum of its own', async (t) => {
  await assert.rejects(read(t, whole, manifest.replace('Size', 'Siye')), /its list of files was changed/);
  await assert.rejects(read(t, whole, manifest.slice(0, -2)), /its list of files was changed/);
  await assert.rejects(read(t, whole, ''), /its list of files was changed/);
});
