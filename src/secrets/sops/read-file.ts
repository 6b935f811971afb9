import { EscaleError } from '../../core/errors/index.ts';
import { valueProblem } from '../secret-value.ts';
import { dataKeyOf } from './data-key.ts';
import { readDocument, type SopsDocument, type SopsFormat } from './document.ts';
import { isAuthentic } from './mac.ts';
import { readMetadata, type SopsMetadata } from './metadata.ts';
import { type SopsMistake, wrongFile } from './mistake.ts';
import { decryptValue, type SopsValue } from './value.ts';

export interface NamedValue {
  name: string;
  value: string;
}

export interface SopsFileOptions {
  format: SopsFormat;
  /** `AGE-SECRET-KEY-1…` of whoever reads. */
  identity: string;
  /** What mistakes call the file. */
  file: string;
}

/**
 * The secrets of a file that SOPS encrypted for an age recipient. Throws `sops-file` with every mistake, `sops-recipient`,
 * `sops-changed`; no error says anything of a value.
 */
export async function readSopsFile(
  text: string,
  { format, identity, file }: SopsFileOptions,
): Promise<NamedValue[]> {
  const { document, metadata } = readForm(text, format, file);
  const key = await dataKeyOf(metadata, identity, file);
  return decryptDocument(document, { metadata, key, file });
}

/** What can be said of a file without its key. Throws `sops-file`. */
export function readForm(text: string, format: SopsFormat, file: string) {
  const document = readDocument(text, format);
  const whole = document.mistakes.length > 0 && document.values.length === 0 && document.metadata === null;
  const metadata = whole ? null : readMetadata(document.metadata);
  const more = metadata !== null && 'problem' in metadata ? [{ path: '', message: metadata.problem }] : [];
  const mistakes = [...more, ...document.mistakes];
  if (metadata === null || 'problem' in metadata || mistakes.length > 0) throw wrongFile(file, mistakes);
  return { document, metadata };
}

interface Opened {
  metadata: SopsMetadata;
  key: Buffer;
  file: string;
}

/** Decrypts with the key of the values. Throws `sops-file`, `sops-changed`. */
export function decryptDocument({ values }: SopsDocument, { metadata, key, file }: Opened): NamedValue[] {
  const decrypted = values.map(({ name, encrypted }) => ({
    name,
    ...decryptValue(encrypted, key, `${name}:`),
  }));
  const mistakes = decrypted.flatMap(mistakeOf);
  if (mistakes.length > 0) throw wrongFile(file, mistakes);
  const whole = decrypted as (SopsValue & { name: string })[];
  if (!isAuthentic(whole, metadata, key))
    throw new EscaleError('sops-changed', `${file} was changed after it was encrypted`, { place: file });
  return whole.map(({ name, text }) => ({ name, value: text }));
}

function mistakeOf(value: { name: string } & (SopsValue | { problem: string })): SopsMistake[] {
  const problem = 'problem' in value ? value.problem : valueProblem(value.text);
  return problem === null ? [] : [{ path: value.name, message: problem }];
}
