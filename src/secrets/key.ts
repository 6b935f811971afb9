import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../core/errors/index.ts';
import { diskProblem, syncFolder } from '../host/index.ts';

const KEY_BYTES = 32;

/** The key in a file that its owner alone may read. Throws `secret-key`. */
export function readKey(file: string): Buffer {
  const key = Buffer.from(textOf(file).trim(), 'hex');
  if (key.length !== KEY_BYTES) throw unusable(file, 'holds no key');
  if ((statSync(file).mode & 0o077) !== 0) throw unusable(file, 'can be read by others', `chmod 600 ${file}`);
  return key;
}

/** Makes a random key where there is none. */
export function makeKey(file: string): void {
  makeOnce(file, randomBytes(KEY_BYTES).toString('hex'));
}

/** Writes a file where there is none: whole, synced, mode 0600. One that is there stays, whatever it is. */
export function makeOnce(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeAndSync(temporary, text);
    // Unlike a rename, a link never replaces.
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw diskProblem(error, path.dirname(file));
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(path.dirname(file));
}

function writeAndSync(file: string, text: string): void {
  rmSync(file, { force: true });
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw unusable(file, code === 'ENOENT' ? 'is not there' : `can't be read (${code})`);
  }
}

function unusable(file: string, why: string, next?: string): EscaleError {
  return new EscaleError('secret-key', `the key of the secrets ${why}`, {
    place: file,
    ...(next === undefined ? {} : { next: `Close it: \`${next}\`.` }),
  });
}
