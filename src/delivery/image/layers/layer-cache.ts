import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Layer } from '../../../core/image/index.ts';
import { canonical } from '../../../core/release/index.ts';
import { type Blobs, noteUse, replaceWhole } from '../blobs.ts';

/** Changes whenever layers of the same content would be written in another way. */
const FORMAT = 1;

/** Remembers which content became which layer, so that what did not change is neither read nor packed again. */
export class LayerCache {
  readonly blobs: Blobs;
  readonly folder: string;

  constructor(folder: string, blobs: Blobs) {
    this.folder = folder;
    this.blobs = blobs;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** The layer of a content that `key` names wholly: made only where it is not there. */
  async layer(key: unknown, make: () => Promise<Layer>): Promise<Layer> {
    const file = this.fileOf(key);
    const known = readLayer(file);
    if (known !== null && this.blobs.has(known)) {
      this.blobs.noteUse(known.digest);
      noteUse(file);
      return known;
    }
    const layer = await make();
    replaceWhole(file, JSON.stringify(layer));
    return layer;
  }

  /** Something small that is known of a content. */
  async note<T>(key: unknown, make: () => Promise<T>): Promise<T> {
    const file = this.fileOf(['note', key]);
    const known = readJson<T>(file);
    if (known !== null) {
      noteUse(file);
      return known;
    }
    const value = await make();
    replaceWhole(file, JSON.stringify(value));
    return value;
  }

  private fileOf(key: unknown): string {
    const name = createHash('sha256')
      .update(canonical([FORMAT, key]))
      .digest('hex')
      .slice(0, 32);
    return path.join(this.folder, `${name}.json`);
  }
}

function readLayer(file: string): Layer | null {
  const layer = readJson<Layer>(file);
  return typeof layer?.digest === 'string' && typeof layer.diffId === 'string' ? layer : null;
}

function readJson<T>(file: string): T | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return null;
  }
}
