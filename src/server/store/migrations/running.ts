/** Releases, what runs where, rollouts, runs of jobs, events, sessions. */
export const RUNNING = [
  `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
   CREATE TABLE releases (
     system TEXT NOT NULL, number INTEGER NOT NULL, commit_hash TEXT, dev INTEGER NOT NULL, model TEXT NOT NULL,
     artifacts TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (system, number)) STRICT;
   CREATE TABLE deployments (
     system TEXT NOT NULL, environment TEXT NOT NULL, folder TEXT NOT NULL, release INTEGER, wanted TEXT NOT NULL,
     scaled TEXT NOT NULL, up INTEGER NOT NULL, PRIMARY KEY (system, environment)) STRICT;
   CREATE TABLE rollouts (
     id INTEGER PRIMARY KEY AUTOINCREMENT, system TEXT NOT NULL, environment TEXT NOT NULL, kind TEXT NOT NULL,
     from_release INTEGER, to_release INTEGER NOT NULL, operations TEXT NOT NULL, done INTEGER NOT NULL,
     state TEXT NOT NULL, reason TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, change TEXT NOT NULL) STRICT;
   CREATE INDEX rollouts_by_place ON rollouts (system, environment, id);
   CREATE TABLE events (
     id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, type TEXT NOT NULL, system TEXT NOT NULL,
     environment TEXT NOT NULL, service TEXT NOT NULL, instance TEXT NOT NULL, release INTEGER NOT NULL, message TEXT NOT NULL) STRICT;
   CREATE TABLE sessions (digest TEXT PRIMARY KEY, kind TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;`,
  `CREATE TABLE runs (
     id TEXT PRIMARY KEY, system TEXT NOT NULL, environment TEXT NOT NULL, job TEXT NOT NULL, release INTEGER NOT NULL,
     cause TEXT NOT NULL, due_at INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER, state TEXT NOT NULL,
     reason TEXT NOT NULL, exit_code INTEGER, instance TEXT) STRICT;
   CREATE INDEX runs_by_job ON runs (system, environment, job, due_at);`,
  `ALTER TABLE deployments ADD COLUMN secrets TEXT NOT NULL DEFAULT '{}';`,
];
