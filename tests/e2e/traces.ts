import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Escale } from './escale.ts';

/** A value for a secret that stands nowhere yet, with what shells, JSON and addresses treat in their own way. */
export function newValue(): string {
  return `${randomBytes(12).toString('hex')}/@:ü"'$&`;
}

export function digest(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

/**
 * Where a value shows, in whatever clothes: files of an Escale, words of any process, environments of Escale's own
 * processes, and what commands said. Its first 24 characters must be its own.
 */
export function tracesOf(value: string, { home }: Escale, said: string[]): string[] {
  const bytes = Buffer.from(value);
  const forms = [value.slice(0, 24), bytes.toString('hex'), bytes.toString('base64').slice(0, 32)];
  const isIn = (text: string | Buffer) => forms.some((form) => text.includes(form));
  const files = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => isIn(read(file)));
  const words = readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && isIn(read(`/proc/${pid}/cmdline`)))
    .map((pid) => `words of process ${pid}`);
  return [...files, ...words, ...said.filter(isIn)];
}

/** Services whose instances have a value in their environment, one word for each; `escale` for its own processes. */
export function holdersOf(value: string, escale: Escale): string[] {
  return escale
    .processes()
    .filter(({ pid }) => read(`/proc/${pid}/environ`).includes(value))
    .map(({ instance }) => instance?.replace(/-\w{6}$/, '') ?? 'escale')
    .sort();
}

/** Empty where it is gone, or may not be read. */
function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}
