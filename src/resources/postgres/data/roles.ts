import { escapeIdentifier } from 'pg';
import type { Access } from './access.ts';
import { type Names, READER, SUPERUSER } from './names.ts';
import { scramVerifier } from './scram.ts';

/** Statements that make the roles and the database in an empty cluster. */
export function rolesSql(names: Names, access: Access): string[] {
  const [user, database] = [escapeIdentifier(names.user), escapeIdentifier(names.database)];
  return [
    `CREATE ROLE ${user} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;`,
    `CREATE ROLE ${READER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;`,
    `GRANT pg_read_all_data, pg_use_reserved_connections TO ${READER};`,
    `ALTER ROLE ${READER} SET default_transaction_read_only = on;`,
    ...passwordsSql(names.user, access),
    `CREATE DATABASE ${database} OWNER ${user};`,
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC;`,
    `GRANT CONNECT ON DATABASE ${database} TO ${READER};`,
    'REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;',
    'REVOKE CONNECT ON DATABASE template1 FROM PUBLIC;',
  ];
}

/** Statements that give the roles their passwords. */
export function passwordsSql(user: string, { superuser, owner, reader }: Access): string[] {
  const passwords = { [SUPERUSER]: superuser, [user]: owner, [READER]: reader };
  return Object.entries(passwords).map(
    ([role, password]) => `ALTER ROLE ${escapeIdentifier(role)} PASSWORD '${scramVerifier(password)}';`,
  );
}
