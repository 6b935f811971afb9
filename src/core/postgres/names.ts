/** What a database and the role that owns it are called. */
export interface Names {
  user: string;
  database: string;
}

/** Role of Escale's own, which only reads. */
export const READER = 'escale_reader';
/** Role of Escale's own, which may do everything. */
export const SUPERUSER = 'postgres';

/** PostgreSQL cuts longer names silently. */
const LONGEST = 63;
const TAKEN = [SUPERUSER, READER, 'template0', 'template1', 'public', 'none', 'user', 'all', 'replication'];

/** The names for a system, so that most need no quotes in SQL: `my-shop` gives `my_shop`. */
export function namesFor(system: string): Names {
  const plain = system
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]/g, '_')
    .replace(/^(?![a-z])/, 'db_')
    .slice(0, LONGEST - BEFORE.length);
  const name = TAKEN.includes(plain) || plain.startsWith('pg_') ? `${BEFORE}${plain}` : plain;
  return { user: name, database: name };
}

const BEFORE = 'db_';
