import type { ResourceAt, ResourceKind } from '../../core/contracts/index.ts';
import { backup } from './backup/backup.ts';
import { restore } from './backup/restore.ts';
import { verify } from './backup/verify.ts';
import { accessOf } from './data/access.ts';
import { namesOf } from './data/folder.ts';
import { prepare } from './data/prepare.ts';
import { sizeOf } from './data/size.ts';
import { elsewhere } from './elsewhere.ts';
import { probe } from './sql/probe.ts';
import { query } from './sql/query.ts';
import { rows } from './sql/rows.ts';
import { tables } from './sql/tables.ts';

export interface PostgresOptions {
  /** Folder for what can be made again (the template of new clusters), absolute, shared by all resources. */
  cache: string;
}

/** PostgreSQL as a kind of resource: a server of its own for each, with a data folder of its own. */
export function postgres({ cache }: PostgresOptions): ResourceKind {
  return {
    type: 'postgres',
    prepare: async (at) => {
      if (at.external !== null) throw elsewhere(at);
      return prepare(at, cache);
    },
    probe,
    bindings,
    backup,
    verify,
    restore: (at, folder) => restore(at, folder, cache),
    size: async (at) => (at.external === null ? sizeOf(at.folder) : null),
    database: { query, tables, rows },
  };
}

function bindings(at: ResourceAt): Record<string, string> {
  if (at.external !== null) return { DATABASE_URL: at.external };
  const { user, database } = namesOf(at);
  const [name, password, path] = [user, accessOf(at.folder).owner, database].map(encodeURIComponent);
  return { DATABASE_URL: `postgres://${name}:${password}@${at.host ?? '127.0.0.1'}:${at.port}/${path}` };
}
