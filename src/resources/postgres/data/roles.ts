import { escapeIdentifier } from 'pg';
import { READER, SUPERUSER } from '../../../core/postgres/index.ts';
import type { Access } from './access.ts';
import { scramVerifier } from './scram.ts';

/** Statements that give the roles their passwords. */
export function passwordsSql(user: string, { superuser, owner, reader }: Access): string[] {
  const passwords = { [SUPERUSER]: superuser, [user]: owner, [READER]: reader };
  return Object.entries(passwords).map(
    ([role, password]) => `ALTER ROLE ${escapeIdentifier(role)} PASSWORD '${scramVerifier(password)}';`,
  );
}
