import { EscaleError } from '../../core/errors/index.ts';
import { decryptArmored, recipientOf } from '../age.ts';
import type { SopsMetadata } from './metadata.ts';

/** Bytes: AES-256. */
const KEY = 32;
const LONGEST_ARMOR = 64 * 1024;

/** The key of a file's values, decrypted for an identity. Throws `sops-recipient`. */
export async function dataKeyOf(
  { recipients }: SopsMetadata,
  identity: string,
  file: string,
): Promise<Buffer> {
  const own = await recipientOf(identity);
  const mine = recipients.find(({ recipient }) => recipient === own);
  if (mine === undefined) throw notForUs(file, own);
  const key = mine.enc.length > LONGEST_ARMOR ? null : await decryptArmored(mine.enc, identity);
  if (key?.length === KEY) return key;
  throw new EscaleError('sops-changed', `${file}: the key for ${own} can’t be decrypted`, { place: file });
}

function notForUs(file: string, own: string): EscaleError {
  return new EscaleError('sops-recipient', `${file} is not encrypted for this Escale, which is ${own}`, {
    place: file,
    next: `Where it can be read: \`sops rotate --add-age ${own} --in-place ${file}\`, then commit it.`,
  });
}
