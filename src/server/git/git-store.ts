import type { Principal } from '../../core/access/index.ts';
import type { RefChange } from '../../delivery/index.ts';
import type { Sql } from '../store/index.ts';

/** An outside repository that one of ours follows. */
export interface Following {
  url: string;
  everyMs: number;
  /** It may stand on this host or its network. */
  allowInside: boolean;
  /** Its token, encrypted; null: it needs none. */
  sealed: string | null;
}

export interface StoredRepository {
  name: string;
  createdAt: number;
  follows: Following | null;
  fetchedAt: number | null;
  /** Why it could not be fetched the last time, for people. */
  problem: string | null;
}

/** What the control plane knows of repositories: what of their branches was taken up already, and by whom it came. */
export class GitStore {
  private readonly sql: Sql;

  constructor(sql: Sql) {
    this.sql = sql;
  }

  addRepository(name: string, now: number): void {
    this.sql.run('INSERT OR IGNORE INTO repositories VALUES (?, ?, NULL, NULL, NULL)', name, now);
  }

  repositories(): StoredRepository[] {
    return this.sql.all('SELECT * FROM repositories ORDER BY name').map((row) => ({
      name: row.name as string,
      createdAt: row.created_at as number,
      follows: row.follows === null ? null : (JSON.parse(row.follows as string) as Following),
      fetchedAt: row.fetched_at as number | null,
      problem: row.problem as string | null,
    }));
  }

  repository(name: string): StoredRepository | null {
    return this.repositories().find((repository) => repository.name === name) ?? null;
  }

  follow(name: string, following: Following | null): void {
    const text = following === null ? null : JSON.stringify(following);
    this.sql.run('UPDATE repositories SET follows = ?, problem = NULL WHERE name = ?', text, name);
  }

  fetched(name: string, now: number, problem: string | null): void {
    this.sql.run('UPDATE repositories SET fetched_at = ?, problem = ? WHERE name = ?', now, problem, name);
  }

  /** Before git takes it: whoever comes back after a crash knows whose it was. */
  addPush(repository: string, pusher: Principal, changes: RefChange[], at: number): void {
    const values = [JSON.stringify(pusher), at, JSON.stringify(changes)];
    this.sql.run('INSERT INTO pushes VALUES (NULL, ?, ?, ?, ?)', repository, ...values);
    this.sql.run(
      `DELETE FROM pushes WHERE repository = ? AND id <= (SELECT max(id) FROM pushes WHERE repository = ?) - ?`,
      ...[repository, repository, PUSHES_KEPT],
    );
  }

  /** Who brought a commit to a branch; null: nobody that is known. */
  pusherOf(repository: string, branch: string, commit: string): Principal | null {
    const rows = this.sql.all('SELECT * FROM pushes WHERE repository = ? ORDER BY id DESC', repository);
    const isIt = ({ ref, to }: RefChange) => ref === `refs/heads/${branch}` && to === commit;
    const row = rows.find(({ changes }) => (JSON.parse(changes as string) as RefChange[]).some(isIt));
    return row ? (JSON.parse(row.pusher as string) as Principal) : null;
  }

  /** The commits of branches that were taken up, by branch. */
  branches(repository: string): Record<string, string> {
    const rows = this.sql.all('SELECT * FROM branches WHERE repository = ?', repository);
    return Object.fromEntries(rows.map((row) => [row.branch as string, row.commit_hash as string]));
  }

  setBranch(repository: string, branch: string, commit: string | null): void {
    if (commit === null)
      this.sql.run('DELETE FROM branches WHERE repository = ? AND branch = ?', repository, branch);
    else this.sql.run('INSERT OR REPLACE INTO branches VALUES (?, ?, ?)', repository, branch, commit);
  }

  /** Which repository and folder a system comes from. */
  claimOf(system: string): { repository: string; folder: string } | null {
    const row = this.sql.one('SELECT * FROM claims WHERE system = ?', system);
    return row ? { repository: row.repository as string, folder: row.folder as string } : null;
  }

  claim(system: string, repository: string, folder: string): void {
    this.sql.run('INSERT OR REPLACE INTO claims VALUES (?, ?, ?)', system, repository, folder);
  }

  /** What of a folder a branch's last run was for. */
  taken(repository: string, branch: string, folder: string): { key: string; run: number } | null {
    const row = this.sql.one(
      'SELECT * FROM taken WHERE repository = ? AND branch = ? AND folder = ?',
      ...[repository, branch, folder],
    );
    return row ? { key: row.key as string, run: row.run as number } : null;
  }

  setTaken(
    repository: string,
    branch: string,
    { folder, key, run }: { folder: string; key: string; run: number },
  ): void {
    this.sql.run('INSERT OR REPLACE INTO taken VALUES (?, ?, ?, ?, ?)', repository, branch, folder, key, run);
  }
}

const PUSHES_KEPT = 1000;
