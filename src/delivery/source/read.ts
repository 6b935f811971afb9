import { closeSync, openSync, readSync } from 'node:fs';
import { EscaleError } from '../../core/errors/index.ts';
import { LARGEST_FILE } from '../../core/manifest/file/index.ts';

/** The text of a file; never more than one byte above the bound. Throws `file-unreadable`. */
export function readText(path: string): string {
  const bytes = readBytes(path);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    if (bytes.length > LARGEST_FILE) return bytes.toString('latin1');
    throw new EscaleError('file-unreadable', `${path} is not UTF-8 text`, { place: path, cause });
  }
}

function readBytes(path: string): Buffer {
  try {
    return readBounded(path, LARGEST_FILE + 1);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new EscaleError('file-unreadable', `${path} can’t be read (${why})`, { place: path, cause });
  }
}

function readBounded(path: string, most: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(most);
    let length = 0;
    for (let count = -1; count !== 0 && length < most; length += count) {
      count = readSync(descriptor, buffer, length, most - length, null);
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
