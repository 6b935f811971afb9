/** Hosts elsewhere, reached over SSH. */
export const TARGETS = [
  `CREATE TABLE targets (
     name TEXT PRIMARY KEY, address TEXT NOT NULL, listen TEXT NOT NULL, port INTEGER, home TEXT NOT NULL,
     added_at INTEGER NOT NULL) STRICT;`,
  // How a cluster is used, as JSON; null: it is a host.
  'ALTER TABLE targets ADD COLUMN cluster TEXT;',
];
