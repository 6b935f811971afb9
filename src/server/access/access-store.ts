import type { Grant } from '../../core/access/index.ts';
import type { Sql } from '../store/index.ts';

export interface StoredUser {
  name: string;
  grants: Grant[];
  /** What a password is compared with; null: it was not set yet. */
  password: string | null;
  createdAt: number;
}

export interface StoredToken {
  user: string;
  name: string;
  scope: Grant[];
  createdAt: number;
  expiresAt: number;
  lastUsedAt: number | null;
}

export interface StoredSession {
  digest: string;
  /** Null: the owner. */
  user: string | null;
  /** Digest of the token that it was opened with, and ends with; null: none. */
  token: string | null;
  expiresAt: number;
}

/** The tables of who may come in. Words that open something are only here as their digests. */
export class AccessStore {
  readonly sql: Sql;

  constructor(sql: Sql) {
    this.sql = sql;
  }

  // ---- users

  users(): StoredUser[] {
    return this.sql.all('SELECT * FROM users ORDER BY name').map(userOf);
  }

  user(name: string): StoredUser | null {
    const row = this.sql.one('SELECT * FROM users WHERE name = ?', name);
    return row ? userOf(row) : null;
  }

  /** False when there is one of this name. */
  addUser({ name, grants, createdAt }: Omit<StoredUser, 'password'>): boolean {
    const sql = 'INSERT OR IGNORE INTO users VALUES (?, ?, NULL, ?)';
    return this.sql.run(sql, name, JSON.stringify(grants), createdAt).changes > 0;
  }

  setGrants(name: string, grants: Grant[]): boolean {
    return (
      this.sql.run('UPDATE users SET grants = ? WHERE name = ?', JSON.stringify(grants), name).changes > 0
    );
  }

  setPassword(name: string, password: string): boolean {
    return this.sql.run('UPDATE users SET password = ? WHERE name = ?', password, name).changes > 0;
  }

  /** With everything that opens something for them. */
  removeUser(name: string): boolean {
    return this.sql.run('DELETE FROM users WHERE name = ?', name).changes > 0;
  }

  // ---- tokens

  tokens(): StoredToken[] {
    return this.sql.all('SELECT * FROM tokens ORDER BY user, name').map(tokenOf);
  }

  token(digest: string): StoredToken | null {
    const row = this.sql.one('SELECT * FROM tokens WHERE digest = ?', digest);
    return row ? tokenOf(row) : null;
  }

  /** False when the user has one of this name, or is not there. */
  addToken(digest: string, { user, name, scope, createdAt, expiresAt }: StoredToken): boolean {
    const sql = `INSERT OR IGNORE INTO tokens SELECT ?, name, ?, ?, ?, ?, NULL FROM users WHERE name = ?`;
    const values = [digest, name, JSON.stringify(scope), createdAt, expiresAt, user];
    return this.sql.run(sql, ...values).changes > 0;
  }

  noteUse(digest: string, now: number): void {
    this.sql.run('UPDATE tokens SET last_used_at = ? WHERE digest = ?', now, digest);
  }

  removeToken(user: string, name: string): boolean {
    return this.sql.run('DELETE FROM tokens WHERE user = ? AND name = ?', user, name).changes > 0;
  }

  removeExpired(now: number): void {
    for (const table of ['tokens', 'sessions', 'links'])
      this.sql.run(`DELETE FROM ${table} WHERE expires_at < ?`, now);
  }

  // ---- sessions and links; a user of null is the owner

  addSession({ digest, user, token, expiresAt }: StoredSession): void {
    this.sql.run('INSERT INTO sessions VALUES (?, ?, ?, ?)', digest, user, token, expiresAt);
  }

  session(digest: string): StoredSession | null {
    const row = this.sql.one('SELECT * FROM sessions WHERE digest = ?', digest);
    return row ? sessionOf(row) : null;
  }

  removeSession(digest: string): void {
    this.sql.run('DELETE FROM sessions WHERE digest = ?', digest);
  }

  removeSessionsOf(user: string): void {
    this.sql.run('DELETE FROM sessions WHERE user = ?', user);
  }

  addLink(digest: string, user: string | null, expiresAt: number): void {
    this.sql.run('INSERT INTO links VALUES (?, ?, ?)', digest, user, expiresAt);
  }

  link(digest: string): { user: string | null; expiresAt: number } | null {
    const row = this.sql.one('SELECT user, expires_at FROM links WHERE digest = ?', digest);
    return row ? { user: row.user as string | null, expiresAt: row.expires_at as number } : null;
  }

  removeLink(digest: string): boolean {
    return this.sql.run('DELETE FROM links WHERE digest = ?', digest).changes > 0;
  }

  removeLinksOf(user: string): void {
    this.sql.run('DELETE FROM links WHERE user = ?', user);
  }
}

type Row = Record<string, unknown>;

function userOf(row: Row): StoredUser {
  return {
    name: row.name as string,
    grants: JSON.parse(row.grants as string) as Grant[],
    password: row.password as string | null,
    createdAt: row.created_at as number,
  };
}

function tokenOf(row: Row): StoredToken {
  return {
    user: row.user as string,
    name: row.name as string,
    scope: JSON.parse(row.scope as string) as Grant[],
    createdAt: row.created_at as number,
    expiresAt: row.expires_at as number,
    lastUsedAt: row.last_used_at as number | null,
  };
}

function sessionOf(row: Row): StoredSession {
  return {
    digest: row.digest as string,
    user: row.user as string | null,
    token: row.token as string | null,
    expiresAt: row.expires_at as number,
  };
}
