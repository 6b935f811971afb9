import { createHash, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { syncFolder, writeDurably } from '../../../host/index.ts';
import { makeResourceFolder } from './folder.ts';

/** The passwords of one resource. Secret. */
export interface Access {
  superuser: string;
  owner: string;
  reader: string;
}

/** Those in `access.json` of a resource's folder; made at the first call, whoever makes it. */
export function accessOf(folder: string): Access {
  const file = path.join(folder, 'access.json');
  return readAccess(file) ?? makeAccess(folder, file);
}

/** Says which passwords a data folder was given, without telling them. */
export function fingerprintOf({ superuser, owner, reader }: Access): string {
  return createHash('sha256').update(`${superuser}\n${owner}\n${reader}`).digest('hex');
}

function readAccess(file: string): Access | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Access;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}

/** Two processes may do it at once: the second one takes what the first one made. */
function makeAccess(folder: string, file: string): Access {
  makeResourceFolder(folder);
  const access = { superuser: newPassword(), owner: newPassword(), reader: newPassword() };
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  writeDurably(temporary, `${JSON.stringify(access, null, 2)}\n`);
  try {
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary);
  }
  syncFolder(folder);
  return readAccess(file)!;
}

/** 192 bits, of characters that mean nothing in an address. */
function newPassword(): string {
  return randomBytes(24).toString('base64url');
}
