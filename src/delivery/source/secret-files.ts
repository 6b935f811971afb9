import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../core/errors/index.ts';

/** A file of SOPS beside a system's file, as it stands there. */
export interface SecretFile {
  name: string;
  format: 'yaml' | 'json';
  text: string;
}

const ENDINGS = ['.sops.yaml', '.sops.yml', '.sops.json'];
const LARGEST = 1 << 20;

/** True for what is encrypted beside the system's file: it is no part of what runs. */
export function isSecretFile(name: string): boolean {
  return /^secrets(\.[a-z][a-z0-9-]*)?\.sops\.(ya?ml|json)$/.test(name);
}

/**
 * The files with the secrets of an environment, beside the system's file: those of all environments first, then its own.
 * Throws `sops-file` where one can't be read, or stands there in two forms.
 */
export function readSecretFiles(folder: string, environment: string): SecretFile[] {
  return namesFor(environment).flatMap((names) =>
    onlyOne(
      names.flatMap((name) => readOne(folder, name)),
      folder,
    ),
  );
}

/** The same of a folder that is not on the disk: its names, and what reads one of them. */
export async function secretFilesIn(
  names: string[],
  environment: string,
  read: (name: string) => Promise<string>,
): Promise<SecretFile[]> {
  const chosen = namesFor(environment).flatMap((forms) =>
    onlyOne(
      forms.filter((name) => names.includes(name)).map((name) => ({ name })),
      'the commit',
    ),
  );
  return Promise.all(
    chosen.map(async ({ name }) => ({ name, format: formatOf(name), text: await read(name) })),
  );
}

/** The names that each file may have. */
function namesFor(environment: string): string[][] {
  return ['secrets', `secrets.${environment}`].map((beginning) =>
    ENDINGS.map((ending) => beginning + ending),
  );
}

function onlyOne<File extends { name: string }>(found: File[], place: string): File[] {
  if (found.length < 2) return found;
  const names = found.map(({ name }) => name).join(' and ');
  throw new EscaleError('sops-file', `${names} stand beside each other`, { place, next: 'Keep one.' });
}

function formatOf(name: string): SecretFile['format'] {
  return name.endsWith('.json') ? 'json' : 'yaml';
}

function readOne(folder: string, name: string): SecretFile[] {
  const file = path.join(folder, name);
  try {
    const text = readBounded(file);
    return text === null ? [] : [{ name, format: formatOf(name), text }];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    const why = code === 'ELOOP' ? 'is a link' : `can’t be read (${code ?? 'unknown'})`;
    throw new EscaleError('sops-file', `${name} ${why}`, { place: file });
  }
}

/** Never through a link, which may lead anywhere; one byte above the bound says that there is too much. */
function readBounded(file: string): string | null {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(descriptor).isFile()) return null;
    const buffer = Buffer.alloc(LARGEST + 1);
    let length = 0;
    for (let count = -1; count !== 0 && length < buffer.length; length += count)
      count = readSync(descriptor, buffer, length, buffer.length - length, null);
    return buffer.toString('utf8', 0, length);
  } finally {
    closeSync(descriptor);
  }
}
