import { chmodSync, closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { EngineEvent } from '../core/contracts/index.ts';
import type { Release, ReleaseContent } from '../core/release/index.ts';
import { diskProblem } from '../host/index.ts';
import { deploymentOf, type Row, releaseOf, rolloutOf, rowOf, runOf } from './rows.ts';
import type { Deployment, Rollout, StoredEvent, StoredRun } from './stored.ts';

export type * from './stored.ts';

/** Each is run once, in order; never edited, only added to. */
const MIGRATIONS = [
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

const EVENTS_KEPT = 20_000;
/** Of each job in each environment. */
const RUNS_KEPT = 50;

/** The control plane's memory: one SQLite file in WAL, safe at any instruction. */
export class Store {
  private readonly database: DatabaseSync;
  private readonly folder: string;

  constructor(file: string) {
    this.folder = path.dirname(file);
    keepPrivate(file);
    this.database = new DatabaseSync(file, { timeout: 5000 });
    this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    this.migrate();
  }

  close(): void {
    this.database.close();
  }

  private migrate(): void {
    const version = this.one('PRAGMA user_version')!.user_version as number;
    for (const [index, sql] of MIGRATIONS.entries()) {
      if (index < version) continue;
      this.transaction(() => this.database.exec(`${sql} PRAGMA user_version = ${index + 1};`));
    }
  }

  /** All of it or nothing of it. Throws what the work throws, `disk-full` where there is no room. */
  transaction<T>(work: () => T): T {
    try {
      this.database.exec('BEGIN IMMEDIATE');
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw diskProblem(error, this.folder);
    }
  }

  // ---- names

  meta(name: string): string | null {
    return (this.one('SELECT value FROM meta WHERE name = ?', name)?.value as string | undefined) ?? null;
  }

  setMeta(name: string, value: string): void {
    this.run(
      'INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      name,
      value,
    );
  }

  // ---- releases

  releases(system: string): Release[] {
    return this.all('SELECT * FROM releases WHERE system = ? ORDER BY number DESC', system).map(releaseOf);
  }

  release(system: string, number: number): Release | null {
    const row = this.one('SELECT * FROM releases WHERE system = ? AND number = ?', system, number);
    return row ? releaseOf(row) : null;
  }

  nextReleaseNumber(system: string): number {
    return (
      ((this.one('SELECT max(number) AS last FROM releases WHERE system = ?', system)!.last as
        | number
        | null) ?? 0) + 1
    );
  }

  addRelease(system: string, number: number, content: ReleaseContent, createdAt: number): void {
    this.run(
      'INSERT INTO releases VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[system, number, content.commit, Number(content.dev)],
      ...[JSON.stringify(content.model), JSON.stringify(content.artifacts), createdAt],
    );
  }

  // ---- deployments

  deployments(): Deployment[] {
    return this.all('SELECT * FROM deployments ORDER BY system, environment').map(deploymentOf);
  }

  deployment(system: string, environment: string): Deployment | null {
    const row = this.one(
      'SELECT * FROM deployments WHERE system = ? AND environment = ?',
      system,
      environment,
    );
    return row ? deploymentOf(row) : null;
  }

  saveDeployment(deployment: Deployment): void {
    const { system, environment, folder, release, wanted, scaled, secrets = {}, up } = deployment;
    const texts = [wanted, scaled].map((each) => JSON.stringify(each));
    this.run(
      `INSERT INTO deployments VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (system, environment) DO UPDATE SET
       folder = excluded.folder, release = excluded.release, wanted = excluded.wanted, scaled = excluded.scaled, up = excluded.up,
       secrets = excluded.secrets`,
      ...[system, environment, folder, release, ...texts, Number(up), JSON.stringify(secrets)],
    );
  }

  // ---- rollouts

  addRollout(rollout: Omit<Rollout, 'id' | 'endedAt'>, id: number): Rollout {
    const {
      system,
      environment,
      kind,
      fromRelease,
      toRelease,
      operations,
      done,
      state,
      reason,
      startedAt,
      change,
    } = rollout;
    this.run(
      'INSERT INTO rollouts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)',
      ...[id, system, environment, kind, fromRelease, toRelease, JSON.stringify(operations), done],
      ...[state, reason, startedAt, JSON.stringify(change)],
    );
    return { ...rollout, id, endedAt: null };
  }

  /** The number that the next rollout gets. */
  nextRolloutId(): number {
    return (
      ((this.one("SELECT seq FROM sqlite_sequence WHERE name = 'rollouts'")?.seq as number | undefined) ??
        0) + 1
    );
  }

  saveProgress(rollout: Rollout): void {
    const { done, state, reason, endedAt, id } = rollout;
    this.run(
      'UPDATE rollouts SET done = ?, state = ?, reason = ?, ended_at = ? WHERE id = ?',
      ...[done, state, reason, endedAt, id],
    );
  }

  /** Those that go on or were left half done: only the newest one of a place can be one of them. */
  runningRollouts(): Rollout[] {
    const newest = 'SELECT max(id) FROM rollouts WHERE system = d.system AND environment = d.environment';
    const sql = `SELECT r.* FROM deployments d JOIN rollouts r ON r.id = (${newest}) WHERE r.state = 'running' ORDER BY r.id`;
    return this.all(sql).map(rolloutOf);
  }

  rollouts(system: string, environment: string, most: number): Rollout[] {
    const sql = 'SELECT * FROM rollouts WHERE system = ? AND environment = ? ORDER BY id DESC LIMIT ?';
    return this.all(sql, system, environment, most).map(rolloutOf);
  }

  // ---- runs of jobs

  /** False when there is one of this id already. */
  addRun(run: StoredRun): boolean {
    const { system, environment, job } = run;
    const added = this.run(
      'INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...rowOf(run),
    );
    this.run(
      `DELETE FROM runs WHERE system = ? AND environment = ? AND job = ? AND ended_at IS NOT NULL AND id NOT IN (
         SELECT id FROM runs WHERE system = ? AND environment = ? AND job = ? AND ended_at IS NOT NULL
         ORDER BY ended_at DESC, due_at DESC LIMIT ?)`,
      ...[system, environment, job, system, environment, job, RUNS_KEPT],
    );
    return added.changes > 0;
  }

  saveRun({ id, startedAt, endedAt, state, reason, exitCode, instance }: StoredRun): void {
    this.run(
      'UPDATE runs SET started_at = ?, ended_at = ?, state = ?, reason = ?, exit_code = ?, instance = ? WHERE id = ?',
      ...[startedAt, endedAt, state, reason, exitCode, instance, id],
    );
  }

  /** Those that have not ended, and those that ended last; the one that was due last comes first. */
  runs(
    { system, environment }: { system: string; environment: string },
    job: string,
    most: number,
  ): StoredRun[] {
    const whose = 'FROM runs WHERE system = ? AND environment = ? AND job = ?';
    const ended = `SELECT id ${whose} AND ended_at IS NOT NULL ORDER BY ended_at DESC, due_at DESC LIMIT ?`;
    const sql = `SELECT * ${whose} AND (ended_at IS NULL OR id IN (${ended})) ORDER BY due_at DESC`;
    return this.all(sql, system, environment, job, system, environment, job, most).map(runOf);
  }

  /** Whether there is such a run that has not ended. */
  isOpen(run: string): boolean {
    return this.one('SELECT 1 AS yes FROM runs WHERE id = ? AND ended_at IS NULL', run) !== undefined;
  }

  /** Those that have not ended, oldest first. */
  openRuns(): StoredRun[] {
    return this.all('SELECT * FROM runs WHERE ended_at IS NULL ORDER BY due_at').map(runOf);
  }

  // ---- events

  addEvent(event: EngineEvent): StoredEvent {
    const { at, type, system, environment, service, instance, release, message } = event;
    const values = [at, type, system, environment, service, instance, release, message];
    const { lastInsertRowid } = this.run(
      'INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...values,
    );
    const id = Number(lastInsertRowid);
    if (id % 1000 === 0) this.run('DELETE FROM events WHERE id <= ?', id - EVENTS_KEPT);
    return { id, ...event };
  }

  events(most: number): StoredEvent[] {
    const rows = this.all('SELECT * FROM events ORDER BY id DESC LIMIT ?', most);
    return rows.toReversed().map((row) => ({ ...row })) as unknown as StoredEvent[];
  }

  // ---- sessions

  addSession(digest: string, kind: 'token' | 'session', expiresAt: number): void {
    this.run('INSERT INTO sessions VALUES (?, ?, ?)', digest, kind, expiresAt);
  }

  /** Whether it is there and not expired; a `token` is used up by it. */
  takeSession(digest: string, kind: 'token' | 'session', now: number): boolean {
    this.run('DELETE FROM sessions WHERE expires_at < ?', now);
    const found =
      this.one('SELECT 1 AS yes FROM sessions WHERE digest = ? AND kind = ?', digest, kind) !== undefined;
    if (found && kind === 'token') this.run('DELETE FROM sessions WHERE digest = ?', digest);
    return found;
  }

  // ---- SQL

  private one(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.database.prepare(sql).get(...values) as Row | undefined;
  }

  private all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.database.prepare(sql).all(...values) as Row[];
  }

  private run(sql: string, ...values: SQLInputValue[]) {
    try {
      return this.database.prepare(sql).run(...values);
    } catch (error) {
      throw diskProblem(error, this.folder);
    }
  }
}

/** Its owner's alone; SQLite gives the files beside it the same mode. */
function keepPrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}
