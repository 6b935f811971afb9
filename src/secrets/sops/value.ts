import { createDecipheriv } from 'node:crypto';

const ENCRYPTED =
  /^ENC\[AES256_GCM,data:([A-Za-z0-9+/]+={0,2}),iv:([A-Za-z0-9+/]+={0,2}),tag:([A-Za-z0-9+/]+={0,2}),type:([a-z]+)\]$/;
/** Bytes. SOPS makes 32 random ones; 12 is what everybody else does. */
const SHORTEST_IV = 12;
const LONGEST_IV = 32;
const TAG = 16;

/** A decrypted value: as a secret, and as its bytes count in the authentication code. */
export interface SopsValue {
  text: string;
  bytes: Buffer;
}

/** Decrypts one value that belongs to `bound` (its path with a colon), or says what is wrong with it. */
export function decryptValue(encrypted: string, key: Buffer, bound: string): SopsValue | { problem: string } {
  const [, data, iv, tag, type] = ENCRYPTED.exec(encrypted) ?? [];
  if (data === undefined) return { problem: 'is not encrypted; what is no secret stands in `env`' };
  const opened = open({ data: bytesOf(data), iv: bytesOf(iv!), tag: bytesOf(tag!) }, key, bound);
  if (opened === null) return { problem: 'can’t be decrypted: it was changed, or moved from another name' };
  return asText(opened, type!);
}

function bytesOf(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}

function open(
  { data, iv, tag }: { data: Buffer; iv: Buffer; tag: Buffer },
  key: Buffer,
  bound: string,
): Buffer | null {
  if (iv.length < SHORTEST_IV || iv.length > LONGEST_IV || tag.length !== TAG) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG });
    decipher.setAAD(Buffer.from(bound)).setAuthTag(tag);
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch {
    return null;
  }
}

/** SOPS writes numbers as they are read, and booleans as Python does. */
function asText(bytes: Buffer, type: string): SopsValue | { problem: string } {
  const text = utf8(bytes);
  if (text === null) return { problem: 'is no UTF-8 text' };
  if (type === 'str') return text.includes('\0') ? { problem: 'has a zero byte' } : { text, bytes };
  if (type === 'int' || type === 'float') return { text, bytes };
  if (type === 'bool') return { text: text.toLowerCase(), bytes };
  return { problem: `is of the type ${type}: write it as a text, in quotes` };
}

function utf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
