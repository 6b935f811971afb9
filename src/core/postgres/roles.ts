import { type Names, READER } from './names.ts';

/** Statements, each on one line, that make the roles and the database in an empty cluster. Nobody has a password yet. */
export function rolesSql(names: Names): string[] {
  const [user, database] = [quoted(names.user), quoted(names.database)];
  return [
    `CREATE ROLE ${user} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;`,
    `CREATE ROLE ${READER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;`,
    `GRANT pg_read_all_data, pg_use_reserved_connections TO ${READER};`,
    `ALTER ROLE ${READER} SET default_transaction_read_only = on;`,
    `CREATE DATABASE ${database} OWNER ${user};`,
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC;`,
    `GRANT CONNECT ON DATABASE ${database} TO ${READER};`,
    'REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;',
    'REVOKE CONNECT ON DATABASE template1 FROM PUBLIC;',
  ];
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
