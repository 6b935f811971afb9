/** Pipeline runs, their steps, and what they found. */
export const PIPELINES = [
  `CREATE TABLE pipeline_runs (
     id INTEGER PRIMARY KEY AUTOINCREMENT, system TEXT NOT NULL, repository TEXT, branch TEXT, commit_hash TEXT,
     folder TEXT NOT NULL, source TEXT, only_step TEXT, fresh INTEGER NOT NULL, asked_by TEXT NOT NULL,
     cause TEXT NOT NULL, environments TEXT NOT NULL, retry_of INTEGER, state TEXT NOT NULL, reason TEXT NOT NULL,
     cancelled TEXT, release INTEGER, delivering INTEGER NOT NULL, deliveries TEXT NOT NULL, model TEXT, tree TEXT,
     figures TEXT, created_at INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER, cleaned INTEGER NOT NULL) STRICT;
   CREATE INDEX pipeline_runs_by_system ON pipeline_runs (system, branch, id);
   CREATE INDEX pipeline_runs_open ON pipeline_runs (cleaned) WHERE cleaned = 0;
   CREATE TABLE pipeline_steps (
     run INTEGER NOT NULL REFERENCES pipeline_runs (id) ON DELETE CASCADE, name TEXT NOT NULL, position INTEGER NOT NULL,
     kind TEXT NOT NULL, needs TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, exit_code INTEGER,
     cache_key TEXT, cached_from INTEGER, tests TEXT, artifacts TEXT NOT NULL, started_at INTEGER, ended_at INTEGER,
     PRIMARY KEY (run, name)) STRICT;
   CREATE INDEX pipeline_steps_by_key ON pipeline_steps (cache_key) WHERE cache_key IS NOT NULL;`,
];
