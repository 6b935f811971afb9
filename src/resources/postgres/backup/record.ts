import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { BackupRecord } from '../../../core/contracts/index.ts';
import { EscaleError } from '../../../core/errors/index.ts';
import { writeDurably } from '../../../host/index.ts';

/** The data folder with its log, as the server packs it: tar, compressed. */
export const BASE = 'base.tar.zst';
/** What the server says about each file in it. */
export const MANIFEST = 'backup_manifest';
const RECORD = 'backup.json';

export interface FileFacts {
  bytes: number;
  sha256: string;
}

export type Files = Record<typeof BASE | typeof MANIFEST, FileFacts>;

/** `backup.json`, without the checksum of itself. */
export interface StoredRecord extends BackupRecord {
  files: Files;
}

/** Writes it, durably. */
export function writeRecord(folder: string, stored: StoredRecord): void {
  writeDurably(path.join(folder, RECORD), render(stored));
}

/** Reads it. Throws `backup-unknown` where there is no backup, `backup-damaged` where one character is not as it was. */
export function readRecord(folder: string): StoredRecord {
  const names = namesIn(folder);
  const odd = [RECORD, BASE, MANIFEST].find((name) => !names.includes(name));
  if (odd !== undefined) throw damaged(folder, `${odd} is missing`);
  const extra = names.find((name) => ![RECORD, BASE, MANIFEST].includes(name));
  if (extra !== undefined) throw damaged(folder, `${JSON.stringify(extra)} does not belong to it`);
  const text = readFileSync(path.join(folder, RECORD), 'utf8');
  const stored = parse(text);
  if (stored === null || render(stored) !== text) throw damaged(folder, `${RECORD} was changed`);
  return stored;
}

/** What the port tells of it. */
export function recordOf({ files: _, ...record }: StoredRecord): BackupRecord {
  return record;
}

export function damaged(folder: string, why: string, cause?: unknown): EscaleError {
  return new EscaleError('backup-damaged', `the backup ${path.basename(folder)} is damaged: ${why}`, {
    place: folder,
    cause,
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    const message = `there is no backup ${path.basename(folder)}`;
    throw new EscaleError('backup-unknown', message, { place: folder, cause });
  }
}

function parse(text: string): StoredRecord | null {
  try {
    const { checksum: _, ...stored } = JSON.parse(text) as StoredRecord & { checksum: string };
    return stored;
  } catch {
    return null;
  }
}

/** The checksum covers everything before it; a text is right when it is what its content renders to. */
function render(stored: StoredRecord): string {
  const checksum = createHash('sha256').update(JSON.stringify(stored)).digest('hex');
  return `${JSON.stringify({ ...stored, checksum }, null, 2)}\n`;
}
