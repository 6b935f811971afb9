import type { Principal } from '../../core/access/index.ts';
import type { Place } from '../place.ts';
import type { Sql } from '../store/index.ts';

/** Who asked for what. Texts are cut where they are too long; no secret is ever among them. */
export interface AuditFacts {
  /** `owner`, a user's name, `escale` for what it does by itself, or `''`: nobody who is known. */
  who: string;
  kind: Principal['kind'] | 'escale' | 'nobody';
  /** Name of the token that was used. */
  token?: string | null;
  /** An address, or `socket`. */
  from?: string;
  /** `deploy`, `user add`. */
  action: string;
  system?: string;
  environment?: string;
  /** What it was done to: an instance, a user, a release. */
  target?: string;
  /** More, as JSON. */
  detail?: object;
}

/** `begun`: what came of it was never written down, because Escale ended in the middle. */
export type Outcome = 'begun' | 'done' | 'refused' | 'failed';

/** What came of something. */
export interface End {
  outcome: Outcome;
  /** Code of the error, or how a rollout ended. */
  code: string | null;
  /** Where it was, if that was not known before. */
  place?: Place;
}

export interface AuditEntry extends Required<Omit<AuditFacts, 'detail'>> {
  id: number;
  /** ms since 1970. */
  at: number;
  detail: object;
  outcome: Outcome;
  /** Code of the error, or how a rollout ended. */
  code: string | null;
}

export interface AuditQuery {
  /** Only older ones than this id. */
  before?: number | undefined;
  most: number;
  system?: string | undefined;
  environment?: string | undefined;
  /** Names that may be seen; null: all, also what belongs to no environment. */
  environments: string[] | null;
}

/** Each shelf keeps so many: what is only looked at, or refused, never pushes out what was done. */
const SHELVES = { change: 50_000, refused: 10_000, look: 10_000 } as const;
export type Shelf = keyof typeof SHELVES;
const LONGEST = 200;
const LONGEST_DETAIL = 2000;
const PRUNE_EVERY = 100;

/** Who did what, when, from where, and what came of it. */
export class AuditLog {
  private readonly sql: Sql;
  private readonly now: () => number;

  constructor(sql: Sql, now: () => number) {
    this.sql = sql;
    this.now = now;
  }

  /** Something that is over. Throws `disk-full`. */
  add(facts: AuditFacts, outcome: Outcome, code: string | null = null): void {
    this.write(facts, { shelf: outcome === 'refused' ? 'refused' : 'change', outcome, code });
  }

  /** Something that was only looked at. Throws `disk-full`. */
  addLook(facts: AuditFacts, outcome: Outcome, code: string | null): void {
    this.write(facts, { shelf: outcome === 'refused' ? 'refused' : 'look', outcome, code });
  }

  /** Before it is done, so that a crash can't hide it; `end` follows. Throws `disk-full`. */
  begin(facts: AuditFacts): number {
    return this.write(facts, { shelf: 'change', outcome: 'begun', code: null });
  }

  end(id: number, { outcome, code, place }: End): void {
    this.sql.run('UPDATE audit SET outcome = ?, code = ? WHERE id = ?', outcome, code, id);
    if (place === undefined) return;
    const { system, environment } = place;
    this.sql.run('UPDATE audit SET system = ?, environment = ? WHERE id = ?', system, environment, id);
  }

  private write(facts: AuditFacts, how: { shelf: Shelf; outcome: Outcome; code: string | null }): number {
    const { who, kind, token = null, from = '', action } = facts;
    const { system = '', environment = '', target = '', detail = {} } = facts;
    const { lastId } = this.sql.run(
      'INSERT INTO audit VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...[this.now(), how.shelf, cut(who), kind, token, cut(from), cut(action), cut(system)],
      ...[cut(environment), cut(target), detailText(detail), how.outcome, how.code],
    );
    if (lastId % PRUNE_EVERY === 0) this.prune();
    return lastId;
  }

  private prune(): void {
    for (const [shelf, kept] of Object.entries(SHELVES))
      this.sql.run(
        `DELETE FROM audit WHERE shelf = ? AND id <=
           (SELECT id FROM audit WHERE shelf = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
        ...[shelf, shelf, kept],
      );
  }

  /** Newest first. */
  list({ before, most, system, environment, environments }: AuditQuery): AuditEntry[] {
    const rows = this.sql.all(
      `SELECT * FROM audit WHERE id < ? AND (? IS NULL OR system = ?) AND (? IS NULL OR environment = ?)
         AND (? IS NULL OR environment IN (SELECT value FROM json_each(?))) ORDER BY id DESC LIMIT ?`,
      ...[before ?? Number.MAX_SAFE_INTEGER, system ?? null, system ?? null],
      ...[environment ?? null, environment ?? null],
      ...[environments && '', JSON.stringify(environments ?? []), most],
    );
    return rows.map(entryOf);
  }
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function detailText(detail: object): string {
  const text = JSON.stringify(detail);
  return text.length > LONGEST_DETAIL ? JSON.stringify({ cut: text.slice(0, LONGEST_DETAIL) }) : text;
}

function entryOf(row: Record<string, unknown>): AuditEntry {
  return {
    id: row.id as number,
    at: row.at as number,
    who: row.who as string,
    kind: row.kind as AuditEntry['kind'],
    token: row.token as string | null,
    from: row.came_from as string,
    action: row.action as string,
    system: row.system as string,
    environment: row.environment as string,
    target: row.target as string,
    detail: JSON.parse(row.detail as string) as object,
    outcome: row.outcome as Outcome,
    code: row.code as string | null,
  };
}
