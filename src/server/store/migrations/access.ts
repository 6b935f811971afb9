/** Users, what they may do, their tokens, and who did what. */
export const ACCESS = [
  // Sessions of before belong to nobody: whoever has one signs in again.
  `DROP TABLE sessions;
   CREATE TABLE users (
     name TEXT PRIMARY KEY, grants TEXT NOT NULL, password TEXT, created_at INTEGER NOT NULL) STRICT;
   CREATE TABLE tokens (
     digest TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE, name TEXT NOT NULL,
     scope TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, last_used_at INTEGER,
     UNIQUE (user, name)) STRICT;
   CREATE TABLE sessions (
     digest TEXT PRIMARY KEY, user TEXT REFERENCES users ON DELETE CASCADE,
     token TEXT REFERENCES tokens ON DELETE CASCADE, expires_at INTEGER NOT NULL) STRICT;
   CREATE TABLE links (
     digest TEXT PRIMARY KEY, user TEXT REFERENCES users ON DELETE CASCADE, expires_at INTEGER NOT NULL) STRICT;
   CREATE TABLE audit (
     id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, shelf TEXT NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL,
     token TEXT, came_from TEXT NOT NULL, action TEXT NOT NULL, system TEXT NOT NULL, environment TEXT NOT NULL,
     target TEXT NOT NULL, detail TEXT NOT NULL, outcome TEXT NOT NULL, code TEXT) STRICT;
   CREATE INDEX audit_by_shelf ON audit (shelf, id);
   CREATE INDEX audit_by_place ON audit (environment, system, id);`,
];
