import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { LOG_FILE_BYTES, type Manifest, readManifest } from './manifest.ts';
import { measure } from './receive.ts';
import { BASE, type FileFacts, MANIFEST, type StoredRecord } from './record.ts';
import { NOWHERE, readTar, type Sink, type TarEntry } from './tar.ts';

/** Without these nothing starts, or Escale does not know whose data it is. */
const NEEDED = ['PG_VERSION', 'backup_label', 'global/pg_control', 'escale.json'];
const LOG = 'pg_wal/';

/**
 * Reads the whole copy of a backup and checks each byte of it, against the server's list and against the record. `visit`
 * may keep what passes. Throws a plain `Error` that says what is wrong.
 */
export async function readBase(
  folder: string,
  { files }: StoredRecord,
  visit: (entry: TarEntry) => Sink | Promise<Sink> = () => NOWHERE,
): Promise<void> {
  const manifest = readManifest(readChecked(path.join(folder, MANIFEST), files[MANIFEST]));
  const seen = new Map<string, number>();
  await readArchive(path.join(folder, BASE), files[BASE], async (entry) => {
    if (seen.has(entry.name)) throw new Error(`${entry.name} is in it twice`);
    seen.set(entry.name, entry.bytes);
    return checking(entry, manifest, await visit(entry));
  });
  const missing = [...manifest.files.keys(), ...NEEDED].find((name) => !seen.has(name));
  if (missing !== undefined) throw new Error(`${missing} is missing`);
  const cut = manifest.log.find((name) => seen.get(name) !== Number(LOG_FILE_BYTES));
  if (cut !== undefined) throw new Error(`the log ${cut} is missing or cut`);
}

function readChecked(file: string, facts: FileFacts): string {
  const content = readFileSync(file);
  assertSame(path.basename(file), facts, {
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  });
  return content.toString('utf8');
}

async function readArchive(
  file: string,
  facts: FileFacts,
  visit: (entry: TarEntry) => Promise<Sink>,
): Promise<void> {
  const hash = createHash('sha256');
  const measured = measure(hash);
  const stages = [createReadStream(file, { highWaterMark: CHUNK }), measured.stream] as const;
  await pipeline(...stages, createZstdDecompress({ chunkSize: CHUNK }), (chunks: AsyncIterable<Buffer>) =>
    readTar(chunks, visit),
  );
  assertSame(path.basename(file), facts, { bytes: measured.bytes(), sha256: hash.digest('hex') });
}

const CHUNK = 256 * 1024;

/** The log has no entry in the server's list: the record's checksum of the whole covers it. */
function checking({ name, kind, bytes }: TarEntry, { files }: Manifest, sink: Sink): Sink {
  const facts = files.get(name);
  if (kind === 'folder' || (facts === undefined && name.startsWith(LOG))) return sink;
  if (facts === undefined) throw new Error(`${name} does not belong to it`);
  const hash = createHash('sha256');
  return {
    write: (chunk) => {
      hash.update(chunk);
      return sink.write(chunk);
    },
    end: async () => {
      assertSame(name, facts, { bytes, sha256: hash.digest('hex') });
      await sink.end();
    },
    close: () => sink.close(),
  };
}

function assertSame(name: string, expected: FileFacts, found: FileFacts): void {
  if (found.bytes !== expected.bytes)
    throw new Error(`${name} has ${found.bytes} bytes instead of ${expected.bytes}`);
  if (found.sha256 !== expected.sha256) throw new Error(`${name} was changed`);
}
