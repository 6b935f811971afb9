/**
 * The port of the kinds of resources: what Escale must know of PostgreSQL (and of what follows) to run it, to bind it,
 * to look into it, and to bring its data back. A kind is data plus this interface; nobody else switches on its type.
 */

/** One resource of a system in an environment: where it is and how it is reached. */
export interface ResourceAt {
  system: string;
  environment: string;
  /** As the file calls it: `db`. */
  name: string;
  /** Folder of everything it keeps, absolute; made by `prepare`. */
  folder: string;
  /** Its lasting port on 127.0.0.1; 0 for one that exists elsewhere. */
  port: number;
  /** How whoever gets its bindings reaches this host; left out: 127.0.0.1. */
  host?: string;
  /** Addresses of this host beside 127.0.0.1 that it listens on, and who may come in there (CIDR). */
  networks?: { host: string; subnet: string }[];
  /** The way in to one whose port is not reached from here; left out: its port on 127.0.0.1. Never shown. */
  entry?: ResourceEntry;
  /** Address of one that exists elsewhere (`postgres://…`); null for one that Escale runs. Holds a password: never shown. */
  external: string | null;
}

/** A way in that is open for a while. Holds passwords. */
export interface ResourceEntry {
  /** Folder with the Unix socket `.s.PGSQL.5432`, absolute. */
  sockets: string;
  user: string;
  database: string;
  passwords: { superuser: string; owner: string; reader: string };
}

/** How the process of a resource is started: everything the runtime needs. */
export interface ResourceLaunch {
  /** Words; no secrets in them. */
  command: string[];
  env: Record<string, string>;
  /** The folder that its process writes, absolute: it is given to the user that the process runs as. */
  dataFolder: string;
  /** Asks it to end soon and cleanly: PostgreSQL's fast shutdown is SIGINT. */
  stopSignal: 'SIGINT' | 'SIGTERM';
  /** From the stop signal to SIGKILL, ms. */
  graceMs: number;
  /** The program refuses to run as root. */
  refusesRoot: boolean;
  /** Files and folders that another user must be able to read to run it. */
  mustReach: string[];
}

/** What a backup says of itself; stored beside it as `backup.json`. */
export interface BackupRecord {
  /** Its folder's name, sortable by time: `20261126T102530Z`. */
  id: string;
  type: string;
  /** Of the program that made it: `18.4`. Another major version can't restore it. */
  version: string;
  system: string;
  environment: string;
  resource: string;
  /** ms since 1970. */
  takenAt: number;
  tookMs: number;
  bytes: number;
}

export interface ResourceKind {
  type: string;
  /**
   * Makes what is missing (data folder, passwords) and says how it is started. Repeatable, also after a crash at any
   * moment. Throws `EscaleError`, for example when the data is of another version.
   */
  prepare(at: ResourceAt): Promise<ResourceLaunch>;
  /** Null when it answers as it should, otherwise why not, for people, without secrets. Never throws; at most 5 s. */
  probe(at: ResourceAt): Promise<string | null>;
  /** Environment variables of whoever uses it, unprefixed (`DATABASE_URL`). Secret. */
  bindings(at: ResourceAt): Record<string, string>;
  /** A consistent copy of a running one into `folder`, which does not exist yet and appears whole or not at all. */
  backup(at: ResourceAt, folder: string, now: number): Promise<BackupRecord>;
  /** Throws `backup-damaged` where anything of it is not as it was taken. Touches nothing. */
  verify(folder: string): Promise<BackupRecord>;
  /**
   * Makes the data of a (verified) backup what the next `prepare` starts; the former data stays beside it. The resource
   * must be stopped. Returns the folder that keeps the former data (null: there was none) and the one of the new data.
   */
  restore(at: ResourceAt, folder: string): Promise<{ former: string | null; data: string }>;
  /** Bytes on disk; null for one elsewhere. */
  size(at: ResourceAt): Promise<number | null>;
  /** Looking into it with SQL; null for kinds without. */
  database: Database | null;
}

/** A statement's answer, values as texts that people read; null is SQL's NULL. */
export interface QueryAnswer {
  columns: { name: string; type: string }[];
  rows: (string | null)[][];
  /** `INSERT 0 1`, `SELECT 3`; empty where rows were left out, because the server says it after the last one. */
  command: string;
  /** Rows beyond the bound were left out. */
  truncated: boolean;
  tookMs: number;
}

export interface TableInfo {
  schema: string;
  name: string;
  kind: 'table' | 'view' | 'materialized view' | 'partitioned table' | 'foreign table';
  /** Estimated, as the planner has it; null where it never looked. */
  rows: number | null;
  bytes: number;
  columns: { name: string; type: string; nullable: boolean; default: string | null; key: boolean }[];
}

export interface RowsQuery {
  schema: string;
  table: string;
  /** Columns and texts that they must contain, case-insensitively. */
  filter: { column: string; contains: string }[];
  order: { column: string; descending: boolean } | null;
  offset: number;
  /** At most 500. */
  limit: number;
}

export interface Database {
  /**
   * One statement, in a read-only transaction of a role that can't write unless `write`. Throws `database-refused` with
   * the server's own message (and its SQLSTATE in `details`), `database-away` where it can't be reached.
   */
  query(at: ResourceAt, sql: string, options: QueryOptions): Promise<QueryAnswer>;
  tables(at: ResourceAt): Promise<TableInfo[]>;
  /** Rows of one table, read-only. */
  rows(at: ResourceAt, query: RowsQuery): Promise<QueryAnswer>;
}

export interface QueryOptions {
  write: boolean;
  /** Most rows that are given, the rest is said to be cut. */
  limit: number;
  /** A statement that takes longer is ended, ms. */
  timeoutMs: number;
}
