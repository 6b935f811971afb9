/** Repositories, environments and approvals. */
export const DELIVERY = [
  `CREATE TABLE repositories (
     name TEXT PRIMARY KEY, created_at INTEGER NOT NULL, follows TEXT, fetched_at INTEGER, problem TEXT) STRICT;
   CREATE TABLE pushes (
     id INTEGER PRIMARY KEY AUTOINCREMENT, repository TEXT NOT NULL, pusher TEXT NOT NULL, at INTEGER NOT NULL,
     changes TEXT NOT NULL) STRICT;
   CREATE INDEX pushes_by_repository ON pushes (repository, id);
   CREATE TABLE branches (
     repository TEXT NOT NULL, branch TEXT NOT NULL, commit_hash TEXT NOT NULL, PRIMARY KEY (repository, branch)) STRICT;
   CREATE TABLE claims (system TEXT PRIMARY KEY, repository TEXT NOT NULL, folder TEXT NOT NULL) STRICT;
   CREATE TABLE taken (
     repository TEXT NOT NULL, branch TEXT NOT NULL, folder TEXT NOT NULL, key TEXT NOT NULL, run INTEGER NOT NULL,
     PRIMARY KEY (repository, branch, folder)) STRICT;
   CREATE TABLE environment_rules (
     system TEXT NOT NULL, environment TEXT NOT NULL, branch TEXT, promote_from TEXT, approve TEXT,
     PRIMARY KEY (system, environment)) STRICT;
   CREATE TABLE approvals (
     id INTEGER PRIMARY KEY AUTOINCREMENT, system TEXT NOT NULL, environment TEXT NOT NULL, release INTEGER NOT NULL,
     source TEXT, role TEXT NOT NULL, wanted_by TEXT NOT NULL, wanted_at INTEGER NOT NULL, state TEXT NOT NULL,
     decided_by TEXT, decided_at INTEGER) STRICT;
   CREATE INDEX approvals_by_place ON approvals (system, environment, state);
   CREATE INDEX rollouts_by_release ON rollouts (system, to_release, state);`,
];
