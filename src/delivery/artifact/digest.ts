import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { SourceFile } from './files.ts';

/** sha256 of a file's content, hex. */
export async function fileDigest(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Remembers digests by stat, so that an unchanged tree is not read again. One file for each folder. */
export class DigestCache {
  private readonly file: string;
  private readonly known: Map<string, { stamp: string; digest: string }>;
  private readonly used = new Map<string, { stamp: string; digest: string }>();

  constructor(cacheFolder: string, folder: string) {
    mkdirSync(cacheFolder, { recursive: true, mode: 0o700 });
    this.file = path.join(
      cacheFolder,
      `${createHash('sha256').update(folder).digest('hex').slice(0, 24)}.json`,
    );
    this.known = new Map(readEntries(this.file));
  }

  async digestOf(folder: string, file: SourceFile): Promise<string> {
    const known = this.known.get(file.path);
    const digest =
      known?.stamp === file.stamp ? known.digest : await fileDigest(path.join(folder, file.path));
    this.used.set(file.path, { stamp: file.stamp, digest });
    return digest;
  }

  /** Where it can't be written (a full disk), everything is read again the next time. */
  save(): void {
    const temporary = `${this.file}.${process.pid}.tmp`;
    try {
      writeFileSync(temporary, JSON.stringify([...this.used]), { mode: 0o600 });
      renameSync(temporary, this.file);
    } catch {
      rmSync(temporary, { force: true });
    }
  }
}

function readEntries(file: string): [string, { stamp: string; digest: string }][] {
  if (!existsSync(file)) return [];
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}
