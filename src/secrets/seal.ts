import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
/** Bytes; the lengths that NIST SP 800-38D recommends. */
const NONCE = 12;
const TAG = 16;

/** Encrypts a text so that it opens only with the same key and the same words around it. Base64. */
export function seal(text: string, bound: readonly unknown[], key: Buffer): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG }).setAAD(bytesOf(bound));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** The text; null where key, words or content are not those that it was sealed with. */
export function unseal(sealed: string, bound: readonly unknown[], key: Buffer): string | null {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < NONCE + TAG) return null;
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(bytesOf(bound))
      .setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    return decipher.update(bytes.subarray(NONCE + TAG), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return null;
  }
}

/** JSON keeps the words apart: `["a","bc"]` is not `["ab","c"]`. */
function bytesOf(bound: readonly unknown[]): Buffer {
  return Buffer.from(JSON.stringify(bound));
}
