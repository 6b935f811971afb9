import type { Database } from '../database/database.ts';
import type { Changes, New } from './read-body.ts';

/** A todo as it is kept. */
export interface Row {
  id: number;
  title: string;
  completed: boolean;
  order: number | null;
}

/** The todos of one list; each answer is null when there is no such todo in it. */
export interface Store {
  all: (list: string) => Promise<Row[]>;
  add: (list: string, todo: New) => Promise<Row>;
  clear: (list: string) => Promise<void>;
  get: (list: string, id: number) => Promise<Row | null>;
  change: (list: string, id: number, changes: Changes) => Promise<Row | null>;
  remove: (list: string, id: number) => Promise<Row | null>;
}

const columns = ['id', 'title', 'completed', 'order'] as const;

/** The store in PostgreSQL. In order: those with an `order` by it, then the others, each as they were added. */
export function createStore(database: Database): Store {
  const one = (list: string, id: number) =>
    database.selectFrom('todos').select(columns).where('list', '=', list).where('id', '=', id);
  return {
    all: (list) =>
      database
        .selectFrom('todos')
        .select(columns)
        .where('list', '=', list)
        .orderBy('order')
        .orderBy('id')
        .execute(),
    add: (list, todo) => {
      const insertion = database.insertInto('todos').values({ list, ...todo });
      return insertion
        .onConflict((same) =>
          same.columns(['list', 'key']).doUpdateSet({ key: (row) => row.ref('excluded.key') }),
        )
        .returning(columns)
        .executeTakeFirstOrThrow();
    },
    clear: async (list) => {
      await database.deleteFrom('todos').where('list', '=', list).execute();
    },
    get: async (list, id) => (await one(list, id).executeTakeFirst()) ?? null,
    change: async (list, id, changes) => {
      if (Object.keys(changes).length === 0) return (await one(list, id).executeTakeFirst()) ?? null;
      const update = database.updateTable('todos').set(changes).where('list', '=', list).where('id', '=', id);
      return (await update.returning(columns).executeTakeFirst()) ?? null;
    },
    remove: async (list, id) => {
      const removal = database.deleteFrom('todos').where('list', '=', list).where('id', '=', id);
      return (await removal.returning(columns).executeTakeFirst()) ?? null;
    },
  };
}
