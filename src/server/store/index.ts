export type { Row } from './rows.ts';
export type { Sql } from './sql.ts';
export { Store } from './store.ts';
export type * from './stored.ts';
