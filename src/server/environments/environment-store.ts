import type { Role } from '../../core/access/index.ts';
import type { EnvironmentRule } from '../../core/promotion/index.ts';
import type { Place } from '../place.ts';
import type { Row, Sql } from '../store/index.ts';

/** A release that waits for somebody's word before it comes to an environment. */
export interface Approval {
  id: number;
  system: string;
  environment: string;
  release: number;
  /** The environment that it comes from; null: straight from a pipeline. */
  from: string | null;
  /** Who may give it. */
  role: Role;
  wantedBy: string;
  /** ms since 1970. */
  wantedAt: number;
  /** `superseded`: a newer release is waiting in its place. */
  state: 'waiting' | 'approved' | 'refused' | 'superseded';
  decidedBy: string | null;
  decidedAt: number | null;
}

/** A rule of the server for one system, or for all (`*`). */
export interface StoredRule extends EnvironmentRule {
  system: string;
}

export const EVERY_SYSTEM = '*';

/** What the server says of environments, and what waits for an approval. */
export class EnvironmentStore {
  private readonly sql: Sql;

  constructor(sql: Sql) {
    this.sql = sql;
  }

  // ---- rules

  rules(): StoredRule[] {
    return this.sql.all('SELECT * FROM environment_rules ORDER BY system, environment').map(ruleOf);
  }

  /** Those that hold for a system: its own, and for other environments the ones for all systems. */
  rulesFor(system: string): EnvironmentRule[] {
    const own = this.rules().filter((rule) => rule.system === system);
    const common = this.rules().filter(
      (rule) =>
        rule.system === EVERY_SYSTEM && !own.some(({ environment }) => environment === rule.environment),
    );
    return [...own, ...common];
  }

  ruleAt({ system, environment }: Place): EnvironmentRule | null {
    return this.rulesFor(system).find((rule) => rule.environment === environment) ?? null;
  }

  setRule({ system, environment, branch, promoteFrom, approve }: StoredRule): void {
    this.sql.run(
      'INSERT OR REPLACE INTO environment_rules VALUES (?, ?, ?, ?, ?)',
      ...[system, environment, branch, promoteFrom, approve],
    );
  }

  removeRule({ system, environment }: Place): boolean {
    const sql = 'DELETE FROM environment_rules WHERE system = ? AND environment = ?';
    return this.sql.run(sql, system, environment).changes > 0;
  }

  // ---- approvals

  /** Takes the place of whatever waits there. */
  want(wish: Omit<Approval, 'id' | 'state' | 'decidedBy' | 'decidedAt'>): Approval {
    const { system, environment, release, from, role, wantedBy, wantedAt } = wish;
    return this.sql.transaction(() => {
      this.sql.run(
        `UPDATE approvals SET state = 'superseded', decided_at = ? WHERE system = ? AND environment = ? AND state = 'waiting'`,
        ...[wantedAt, system, environment],
      );
      const { lastId } = this.sql.run(
        `INSERT INTO approvals VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, 'waiting', NULL, NULL)`,
        ...[system, environment, release, from, role, wantedBy, wantedAt],
      );
      return this.approval(lastId)!;
    });
  }

  approval(id: number): Approval | null {
    const row = this.sql.one('SELECT * FROM approvals WHERE id = ?', id);
    return row ? approvalOf(row) : null;
  }

  waiting(): Approval[] {
    return this.sql.all("SELECT * FROM approvals WHERE state = 'waiting' ORDER BY id").map(approvalOf);
  }

  /** Given, and not begun as far as rollouts tell: a crash came between. */
  approvedAndLeft(): Approval[] {
    const begun = `SELECT 1 FROM rollouts r WHERE r.system = a.system AND r.environment = a.environment
      AND r.to_release = a.release AND r.started_at >= a.decided_at`;
    const newer = `SELECT 1 FROM rollouts r WHERE r.system = a.system AND r.environment = a.environment
      AND r.started_at > a.decided_at`;
    const sql = `SELECT * FROM approvals a WHERE a.state = 'approved' AND NOT EXISTS (${begun}) AND NOT EXISTS (${newer})
      AND NOT EXISTS (SELECT 1 FROM deployments d WHERE d.system = a.system AND d.environment = a.environment
        AND d.release = a.release) ORDER BY a.id`;
    return this.sql.all(sql).map(approvalOf);
  }

  /** False when it was decided already. */
  decide(id: number, state: 'approved' | 'refused', { by, at }: { by: string; at: number }): boolean {
    const sql = `UPDATE approvals SET state = ?, decided_by = ?, decided_at = ? WHERE id = ? AND state = 'waiting'`;
    return this.sql.run(sql, state, by, at, id).changes > 0;
  }
}

function ruleOf(row: Row): StoredRule {
  return {
    system: row.system as string,
    environment: row.environment as string,
    branch: row.branch as string | null,
    promoteFrom: row.promote_from as string | null,
    approve: row.approve as Role | null,
  };
}

function approvalOf(row: Row): Approval {
  return {
    id: row.id as number,
    system: row.system as string,
    environment: row.environment as string,
    release: row.release as number,
    from: row.source as string | null,
    role: row.role as Role,
    wantedBy: row.wanted_by as string,
    wantedAt: row.wanted_at as number,
    state: row.state as Approval['state'],
    decidedBy: row.decided_by as string | null,
    decidedAt: row.decided_at as number | null,
  };
}
