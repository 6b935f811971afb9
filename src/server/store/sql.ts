import { chmodSync, closeSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { EscaleError } from '../../core/errors/index.ts';
import { diskProblem } from '../../host/index.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Row } from './rows.ts';

/** One SQLite file in WAL, safe at any instruction: what every part of the control plane's memory is written with. */
export class Sql {
  private readonly database: DatabaseSync;
  private readonly folder: string;
  private readonly file: string;
  private readonly statements = new Map<string, StatementSync>();

  constructor(file: string) {
    this.folder = path.dirname(file);
    this.file = file;
    keepPrivate(file);
    this.database = new DatabaseSync(file, { timeout: 5000 });
    this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    this.migrate();
  }

  close(): void {
    this.statements.clear();
    this.database.close();
  }

  private migrate(): void {
    const version = this.one('PRAGMA user_version')!.user_version as number;
    if (version > MIGRATIONS.length) throw newerStore(this.file);
    // A way back, should the new version be given up: it can't read what this one writes.
    if (version > 0 && version < MIGRATIONS.length) this.copyTo(`${this.file}.before-${MIGRATIONS.length}`);
    for (const [index, sql] of MIGRATIONS.entries()) {
      if (index < version) continue;
      this.transaction(() => this.database.exec(`${sql} PRAGMA user_version = ${index + 1};`));
    }
    this.statements.clear();
  }

  /** A copy as of now, in a file that need not exist; whoever writes goes on. Throws `disk-full`. */
  copyTo(file: string): void {
    rmSync(file, { force: true });
    this.run('VACUUM INTO ?', file);
    chmodSync(file, 0o600);
  }

  /** All of it or nothing of it; inside another one it is a part of that. Throws what the work throws, `disk-full` where there is no room. */
  transaction<T>(work: () => T): T {
    if (this.database.isTransaction) return work();
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

  get isInTransaction(): boolean {
    return this.database.isTransaction;
  }

  one(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.prepared(sql).get(...values) as Row | undefined;
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.prepared(sql).all(...values) as Row[];
  }

  /** Throws `disk-full` where there is no room. */
  run(sql: string, ...values: SQLInputValue[]): { changes: number; lastId: number } {
    try {
      const { changes, lastInsertRowid } = this.prepared(sql).run(...values);
      return { changes: Number(changes), lastId: Number(lastInsertRowid) };
    } catch (error) {
      throw diskProblem(error, this.folder);
    }
  }

  /** Its texts are few and fixed: each is compiled once. */
  private prepared(sql: string): StatementSync {
    const known = this.statements.get(sql) ?? this.database.prepare(sql);
    this.statements.set(sql, known);
    return known;
  }
}

function newerStore(file: string): EscaleError {
  return new EscaleError('store-newer', 'a newer version of Escale has written its store', { place: file });
}

/** Its owner's alone; SQLite gives the files beside it the same mode. */
function keepPrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}
