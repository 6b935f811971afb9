import { createHash, timingSafeEqual } from 'node:crypto';
import type { SopsMetadata } from './metadata.ts';
import { decryptValue } from './value.ts';

/** What a code begins with that covers encrypted values only: SHA-256 of `sops`. */
const ONLY_ENCRYPTED = createHash('sha256').update('sops').digest();

/** Whether values are, in their order, those that the file was made with. */
export function isAuthentic(
  values: readonly { bytes: Buffer }[],
  { mac, lastModified, macOnlyEncrypted }: SopsMetadata,
  key: Buffer,
): boolean {
  const expected = decryptValue(mac, key, lastModified);
  if ('problem' in expected) return false;
  const hash = createHash('sha512');
  if (macOnlyEncrypted) hash.update(ONLY_ENCRYPTED);
  for (const { bytes } of values) hash.update(bytes);
  const computed = Buffer.from(hash.digest('hex').toUpperCase());
  return computed.length === expected.bytes.length && timingSafeEqual(computed, expected.bytes);
}
