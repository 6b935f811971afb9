import { hasEnded } from '../../core/pipeline/index.ts';
import type { Sql } from '../store/sql.ts';
import { runOf, stepOf } from './rows.ts';
import type { LocalWish, PipelineWish, StoredPipelineRun, StoredPipelineStep } from './stored.ts';

/** Of each system. */
const RUNS_KEPT = 50;

/** What is remembered of pipeline runs. */
export class PipelineStore {
  private readonly sql: Sql;

  constructor(sql: Sql) {
    this.sql = sql;
  }

  transaction<T>(work: () => T): T {
    return this.sql.transaction(work);
  }

  add(wish: PipelineWish & LocalWish, createdAt: number): StoredPipelineRun {
    const { system, repository, branch, commit, folder, source, onlyStep, fresh, by, cause } = wish;
    const { lastId } = this.sql.run(
      `INSERT INTO pipeline_runs (system, repository, branch, commit_hash, folder, source, only_step, fresh, asked_by,
         cause, environments, retry_of, state, reason, delivering, deliveries, created_at, cleaned)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', '', 0, '[]', ?, 0)`,
      ...[system, repository, branch, commit, folder, source, onlyStep, Number(fresh), by],
      ...[cause, JSON.stringify(wish.environments), wish.retryOf, createdAt],
    );
    return this.run(lastId)!;
  }

  run(id: number): StoredPipelineRun | null {
    const row = this.sql.one('SELECT * FROM pipeline_runs WHERE id = ?', id);
    return row ? runOf(row) : null;
  }

  /** Newest first. */
  runs({ system, most = 20 }: { system?: string | undefined; most?: number }): StoredPipelineRun[] {
    const where = system === undefined ? '' : 'WHERE system = ?';
    const values = system === undefined ? [most] : [system, most];
    return this.sql
      .all(`SELECT * FROM pipeline_runs ${where} ORDER BY id DESC LIMIT ?`, ...values)
      .map(runOf);
  }

  /** Those that go on, and the newest of each system; newest first. */
  newest(most: number): StoredPipelineRun[] {
    const sql = `SELECT * FROM pipeline_runs WHERE cleaned = 0
      OR id IN (SELECT max(id) FROM pipeline_runs GROUP BY system) ORDER BY id DESC LIMIT ?`;
    return this.sql.all(sql, most).map(runOf);
  }

  /** Those that have not ended, oldest first. */
  open(): StoredPipelineRun[] {
    return this.uncleaned().filter((run) => !hasEnded(run));
  }

  /** Those that go on or have left something behind, oldest first. */
  uncleaned(): StoredPipelineRun[] {
    return this.sql.all('SELECT * FROM pipeline_runs WHERE cleaned = 0 ORDER BY id').map(runOf);
  }

  saveRun(run: StoredPipelineRun): void {
    const { state, reason, cancelled, release, isDelivering, deliveries, model, tree, figures } = run;
    this.sql.run(
      `UPDATE pipeline_runs SET state = ?, reason = ?, cancelled = ?, release = ?, delivering = ?, deliveries = ?,
         model = ?, tree = ?, figures = ?, started_at = ?, ended_at = ?, cleaned = ? WHERE id = ?`,
      ...[state, reason, cancelled, release, Number(isDelivering), JSON.stringify(deliveries)],
      ...[
        textOrNull(model),
        tree,
        textOrNull(figures),
        run.startedAt,
        run.endedAt,
        Number(run.isCleaned),
        run.id,
      ],
    );
  }

  change(id: number, change: Partial<StoredPipelineRun>): void {
    this.saveRun({ ...this.run(id)!, ...change });
  }

  /** The last run before this one of the same branch that measured something. */
  figuresBefore(
    { id, system, branch }: StoredPipelineRun,
    most: number,
  ): { id: number; figures: Record<string, number> }[] {
    const sql = `SELECT id, figures FROM pipeline_runs WHERE system = ? AND branch IS ? AND id < ? AND figures IS NOT NULL
                 ORDER BY id DESC LIMIT ?`;
    const rows = this.sql.all(sql, system, branch, id, most);
    return rows.map((row) => ({ id: row.id as number, figures: JSON.parse(row.figures as string) }));
  }

  /** The oldest ones of a system that nobody needs to see any more. */
  tooMany(system: string): number[] {
    const sql = `SELECT id FROM pipeline_runs WHERE system = ? AND cleaned = 1 ORDER BY id DESC LIMIT -1 OFFSET ?`;
    return this.sql.all(sql, system, RUNS_KEPT).map(({ id }) => id as number);
  }

  remove(id: number): void {
    this.sql.run('DELETE FROM pipeline_runs WHERE id = ?', id);
  }

  // ---- steps

  steps(run: number): StoredPipelineStep[] {
    return this.sql.all('SELECT * FROM pipeline_steps WHERE run = ? ORDER BY position', run).map(stepOf);
  }

  step(run: number, name: string): StoredPipelineStep | null {
    const row = this.sql.one('SELECT * FROM pipeline_steps WHERE run = ? AND name = ?', run, name);
    return row ? stepOf(row) : null;
  }

  addSteps(run: number, steps: Pick<StoredPipelineStep, 'name' | 'kind' | 'needs' | 'cacheKey'>[]): void {
    const first = this.steps(run).length;
    for (const [index, { name, kind, needs, cacheKey }] of steps.entries())
      this.sql.run(
        `INSERT INTO pipeline_steps (run, name, position, kind, needs, state, reason, cache_key, artifacts)
         VALUES (?, ?, ?, ?, ?, 'waiting', '', ?, '[]')`,
        ...[run, name, first + index, kind, JSON.stringify(needs), cacheKey],
      );
  }

  saveStep(step: StoredPipelineStep): void {
    const { state, reason, exitCode, cachedFrom, tests, artifacts, startedAt, endedAt, run, name } = step;
    this.sql.run(
      `UPDATE pipeline_steps SET state = ?, reason = ?, exit_code = ?, cached_from = ?, tests = ?, artifacts = ?,
         started_at = ?, ended_at = ? WHERE run = ? AND name = ?`,
      ...[
        state,
        reason,
        exitCode,
        cachedFrom,
        textOrNull(tests),
        JSON.stringify(artifacts),
        startedAt,
        endedAt,
      ],
      ...[run, name],
    );
  }

  /** The newest step that succeeded on the same. */
  succeededOn(system: string, cacheKey: string): StoredPipelineStep | null {
    const row = this.sql.one(
      `SELECT s.* FROM pipeline_steps s JOIN pipeline_runs r ON r.id = s.run
       WHERE s.cache_key = ? AND s.state = 'succeeded' AND r.system = ? ORDER BY s.run DESC LIMIT 1`,
      ...[cacheKey, system],
    );
    return row ? stepOf(row) : null;
  }
}

function textOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
