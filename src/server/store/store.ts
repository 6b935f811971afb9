import type { EngineEvent } from '../../core/contracts/index.ts';
import type { Release, ReleaseContent } from '../../core/release/index.ts';
import { keyOf, type Place } from '../place.ts';
import { Remembered } from './remembered.ts';
import { deploymentOf, releaseOf, rolloutHeadOf, rolloutOf, rowOf, runOf } from './rows.ts';
import { Sql } from './sql.ts';
import type { Deployment, ReleaseHead, Rollout, RolloutHead, StoredEvent, StoredRun } from './stored.ts';

export type * from './stored.ts';

const EVENTS_KEPT = 20_000;
/** Of each job in each environment. */
const RUNS_KEPT = 50;

/** The control plane's memory of what runs where. */
export class Store {
  /** For the parts that keep tables of their own. */
  readonly sql: Sql;
  private readonly rememberedReleases: Remembered<ReleaseHead[]>;
  private readonly rememberedPlaces: Remembered<Place[]>;
  private readonly rememberedDeployments: Remembered<Deployment | null>;
  private readonly rememberedRollouts: Remembered<RolloutHead[]>;
  private readonly rememberedRuns: Remembered<StoredRun[]>;

  constructor(file: string) {
    this.sql = new Sql(file);
    this.rememberedReleases = new Remembered(this.sql);
    this.rememberedPlaces = new Remembered(this.sql);
    this.rememberedDeployments = new Remembered(this.sql);
    this.rememberedRollouts = new Remembered(this.sql);
    this.rememberedRuns = new Remembered(this.sql);
  }

  close(): void {
    this.sql.close();
  }

  /** All of it or nothing of it. Throws what the work throws, `disk-full` where there is no room. */
  transaction<T>(work: () => T): T {
    return this.sql.transaction(work);
  }

  // ---- names

  meta(name: string): string | null {
    return (this.sql.one('SELECT value FROM meta WHERE name = ?', name)?.value as string | undefined) ?? null;
  }

  setMeta(name: string, value: string): void {
    this.sql.run(
      'INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      name,
      value,
    );
  }

  // ---- releases

  releases(system: string): Release[] {
    return this.sql
      .all('SELECT * FROM releases WHERE system = ? ORDER BY number DESC', system)
      .map(releaseOf);
  }

  /** Without file and artifacts, newest first: for whoever shows many. */
  releaseHeads(system: string): ReleaseHead[] {
    return this.rememberedReleases.get(system, 'heads', () => this.readReleaseHeads(system));
  }

  private readReleaseHeads(system: string): ReleaseHead[] {
    const sql =
      'SELECT number, commit_hash, dev, created_at FROM releases WHERE system = ? ORDER BY number DESC';
    return this.sql.all(sql, system).map((row) => ({
      number: row.number as number,
      commit: row.commit_hash as string | null,
      dev: row.dev === 1,
      createdAt: row.created_at as number,
    }));
  }

  newestRelease(system: string): Release | null {
    const row = this.sql.one('SELECT * FROM releases WHERE system = ? ORDER BY number DESC LIMIT 1', system);
    return row ? releaseOf(row) : null;
  }

  /** Releases that were ever taken in an environment, the newest first. */
  takenReleases(system: string, environment: string): number[] {
    const sql = `SELECT DISTINCT to_release FROM rollouts WHERE system = ? AND environment = ? AND state = 'promoted'
      ORDER BY to_release DESC LIMIT 1000`;
    return this.sql.all(sql, system, environment).map((row) => row.to_release as number);
  }

  forgetRelease(system: string, number: number): void {
    this.rememberedReleases.forget(system);
    this.sql.run('DELETE FROM releases WHERE system = ? AND number = ?', system, number);
  }

  /** Those of every release that is kept, by digest. */
  artifactsInUse(): string[] {
    const rows = this.sql.all('SELECT artifacts FROM releases');
    const digests = rows.flatMap(({ artifacts }) => Object.values(JSON.parse(String(artifacts)) as object));
    return [...new Set(digests as string[])];
  }

  /** Whether any release that is kept has this artifact. */
  usesArtifact(digest: string): boolean {
    return this.sql.one('SELECT 1 FROM releases WHERE instr(artifacts, ?) > 0 LIMIT 1', digest) !== undefined;
  }

  release(system: string, number: number): Release | null {
    const row = this.sql.one('SELECT * FROM releases WHERE system = ? AND number = ?', system, number);
    return row ? releaseOf(row) : null;
  }

  nextReleaseNumber(system: string): number {
    return (
      ((this.sql.one('SELECT max(number) AS last FROM releases WHERE system = ?', system)!.last as
        | number
        | null) ?? 0) + 1
    );
  }

  addRelease(system: string, number: number, content: ReleaseContent, createdAt: number): void {
    this.rememberedReleases.forget(system);
    this.sql.run(
      'INSERT INTO releases VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[system, number, content.commit, Number(content.dev)],
      ...[JSON.stringify(content.model), JSON.stringify(content.artifacts), createdAt],
    );
  }

  // ---- deployments

  deployments(): Deployment[] {
    const sql = 'SELECT system, environment FROM deployments ORDER BY system, environment';
    const places = this.rememberedPlaces.get('', 'all', () => this.sql.all(sql) as unknown as Place[]);
    return places.map(({ system, environment }) => this.deployment(system, environment)!);
  }

  /** The same object until it is saved: what is made of it can be kept beside it. */
  deployment(system: string, environment: string): Deployment | null {
    const key = keyOf({ system, environment });
    return this.rememberedDeployments.get(key, 'row', () => this.readDeployment(system, environment));
  }

  private readDeployment(system: string, environment: string): Deployment | null {
    const row = this.sql.one(
      'SELECT * FROM deployments WHERE system = ? AND environment = ?',
      system,
      environment,
    );
    return row ? deploymentOf(row) : null;
  }

  saveDeployment(deployment: Deployment): void {
    const { system, environment, folder, release, wanted, scaled, secrets = {}, up } = deployment;
    this.rememberedPlaces.forget('');
    this.rememberedDeployments.forget(keyOf(deployment));
    const texts = [wanted, scaled].map((each) => JSON.stringify(each));
    this.sql.run(
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
    this.rememberedRollouts.forget(keyOf(rollout));
    this.sql.run(
      'INSERT INTO rollouts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)',
      ...[id, system, environment, kind, fromRelease, toRelease, JSON.stringify(operations), done],
      ...[state, reason, startedAt, JSON.stringify(change)],
    );
    return { ...rollout, id, endedAt: null };
  }

  /** The number that the next rollout gets. */
  nextRolloutId(): number {
    return (
      ((this.sql.one("SELECT seq FROM sqlite_sequence WHERE name = 'rollouts'")?.seq as number | undefined) ??
        0) + 1
    );
  }

  saveProgress(rollout: Rollout): void {
    const { done, state, reason, endedAt, id } = rollout;
    this.rememberedRollouts.forget(keyOf(rollout));
    this.sql.run(
      'UPDATE rollouts SET done = ?, state = ?, reason = ?, ended_at = ? WHERE id = ?',
      ...[done, state, reason, endedAt, id],
    );
  }

  /** Those that go on or were left half done: only the newest one of a place can be one of them. */
  runningRollouts(): Rollout[] {
    const newest = 'SELECT max(id) FROM rollouts WHERE system = d.system AND environment = d.environment';
    const sql = `SELECT r.* FROM deployments d JOIN rollouts r ON r.id = (${newest}) WHERE r.state = 'running' ORDER BY r.id`;
    return this.sql.all(sql).map(rolloutOf);
  }

  rollouts(system: string, environment: string, most: number): Rollout[] {
    const sql = 'SELECT * FROM rollouts WHERE system = ? AND environment = ? ORDER BY id DESC LIMIT ?';
    return this.sql.all(sql, system, environment, most).map(rolloutOf);
  }

  /** Environments in which a release was ever taken as good. */
  takenIn(system: string, release: number): string[] {
    const sql = `SELECT DISTINCT environment FROM rollouts WHERE system = ? AND to_release = ? AND state = 'promoted'`;
    return this.sql.all(sql, system, release).map((row) => row.environment as string);
  }

  /** The same without what they do, for whoever shows many. */
  rolloutHeads(system: string, environment: string, most: number): RolloutHead[] {
    const about = keyOf({ system, environment });
    return this.rememberedRollouts.get(about, most, () => this.readRolloutHeads(system, environment, most));
  }

  private readRolloutHeads(system: string, environment: string, most: number): RolloutHead[] {
    const sql = `SELECT id, kind, from_release, to_release, done, state, reason, started_at, ended_at,
      json_array_length(operations) AS steps FROM rollouts WHERE system = ? AND environment = ? ORDER BY id DESC LIMIT ?`;
    return this.sql.all(sql, system, environment, most).map(rolloutHeadOf);
  }

  // ---- runs of jobs

  /** False when there is one of this id already. */
  addRun(run: StoredRun): boolean {
    const { system, environment, job } = run;
    this.rememberedRuns.forget(jobKey(run));
    const added = this.sql.run(
      'INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...rowOf(run),
    );
    this.sql.run(
      `DELETE FROM runs WHERE system = ? AND environment = ? AND job = ? AND ended_at IS NOT NULL AND id NOT IN (
         SELECT id FROM runs WHERE system = ? AND environment = ? AND job = ? AND ended_at IS NOT NULL
         ORDER BY ended_at DESC, due_at DESC LIMIT ?)`,
      ...[system, environment, job, system, environment, job, RUNS_KEPT],
    );
    return added.changes > 0;
  }

  saveRun(run: StoredRun): void {
    const { id, startedAt, endedAt, state, reason, exitCode, instance } = run;
    this.rememberedRuns.forget(jobKey(run));
    this.sql.run(
      'UPDATE runs SET started_at = ?, ended_at = ?, state = ?, reason = ?, exit_code = ?, instance = ? WHERE id = ?',
      ...[startedAt, endedAt, state, reason, exitCode, instance, id],
    );
  }

  /** Those that have not ended, and those that ended last; the one that was due last comes first. */
  runs(place: Place, job: string, most: number): StoredRun[] {
    return this.rememberedRuns.get(jobKey({ ...place, job }), most, () => this.readRuns(place, job, most));
  }

  private readRuns({ system, environment }: Place, job: string, most: number): StoredRun[] {
    const whose = 'FROM runs WHERE system = ? AND environment = ? AND job = ?';
    const ended = `SELECT id ${whose} AND ended_at IS NOT NULL ORDER BY ended_at DESC, due_at DESC LIMIT ?`;
    const sql = `SELECT * ${whose} AND (ended_at IS NULL OR id IN (${ended})) ORDER BY due_at DESC`;
    return this.sql.all(sql, system, environment, job, system, environment, job, most).map(runOf);
  }

  /** Whether there is such a run that has not ended. */
  isOpen(run: string): boolean {
    return this.sql.one('SELECT 1 AS yes FROM runs WHERE id = ? AND ended_at IS NULL', run) !== undefined;
  }

  /** Those that have not ended, oldest first. */
  openRuns(): StoredRun[] {
    return this.sql.all('SELECT * FROM runs WHERE ended_at IS NULL ORDER BY due_at').map(runOf);
  }

  // ---- events

  addEvent(event: EngineEvent): StoredEvent {
    const { at, type, system, environment, service, instance, release, message } = event;
    const values = [at, type, system, environment, service, instance, release, message];
    const { lastId: id } = this.sql.run(
      'INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...values,
    );
    if (id % 1000 === 0) this.sql.run('DELETE FROM events WHERE id <= ?', id - EVENTS_KEPT);
    return { id, ...event };
  }

  events(most: number): StoredEvent[] {
    const rows = this.sql.all('SELECT * FROM events ORDER BY id DESC LIMIT ?', most);
    return rows.toReversed().map((row) => ({ ...row })) as unknown as StoredEvent[];
  }
}

function jobKey({ system, environment, job }: Place & { job: string }): string {
  return `${keyOf({ system, environment })}/${job}`;
}
