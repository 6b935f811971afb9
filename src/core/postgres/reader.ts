import { createHash } from 'node:crypto';
import { READER } from './names.ts';

/** The password of the role that only reads, of servers that know those of two roles: it follows from the superuser's. */
export function readerPassword(superuser: string): string {
  return createHash('sha256').update(`${READER}\n${superuser}`).digest('hex');
}
