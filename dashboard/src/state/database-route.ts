import type { Place } from '../api/types.ts';

/** Which part of which database is looked at; the address of the page says it, so Back and a reload keep the place. */
export interface DatabaseRoute {
  place: Place;
  resource: string;
  /** Null: the list of its tables. */
  table: TableRoute | null;
}

export interface TableRoute {
  schema: string;
  name: string;
  filter: { column: string; contains: string } | null;
  order: { column: string; descending: boolean } | null;
  /** Rows before the first one shown. */
  offset: number;
}

const MOST_OFFSET = 1e9;

/** The table from its beginning, as it comes. */
export function wholeTable(schema: string, name: string): TableRoute {
  return { schema, name, filter: null, order: null, offset: 0 };
}

/** What the part of an address after `#` says; null for anything else. */
export function routeOf(hash: string): DatabaseRoute | null {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?', 2);
  const words = path.split('/').map(decoded);
  const [before, word, environment, system, resource, schema, name, after] = words;
  if (before !== '' || word !== 'databases' || after !== undefined) return null;
  if (!environment || !system || !resource) return null;
  const database = { place: { system, environment }, resource };
  if (schema === undefined && name === undefined) return { ...database, table: null };
  return schema && name ? { ...database, table: tableOf(schema, name, search) } : null;
}

/** The way back of `routeOf`. */
export function hashOf({ place, resource, table }: DatabaseRoute): string {
  const names = table === null ? [] : [table.schema, table.name];
  const path = [place.environment, place.system, resource, ...names].map(encodeURIComponent).join('/');
  const search = table === null ? '' : searchOf(table);
  return `#/databases/${path}${search === '' ? '' : `?${search}`}`;
}

/** The id of the link that leads to a database. */
export function lookId({ place, resource }: Pick<DatabaseRoute, 'place' | 'resource'>): string {
  return `look-${JSON.stringify([place.environment, place.system, resource])}`;
}

/** Two routes with the same name show the same thing, differently filtered, ordered or turned at most. */
export function nameOf(route: DatabaseRoute | null): string {
  if (route === null) return '';
  const { place, resource, table } = route;
  return JSON.stringify([place.environment, place.system, resource, table?.schema, table?.name]);
}

function tableOf(schema: string, name: string, search: string): TableRoute {
  const said = new URLSearchParams(search);
  const [column, contains, order] = ['column', 'contains', 'order'].map((word) => said.get(word));
  const offset = Number(said.get('offset') ?? 0);
  return {
    ...{ schema, name },
    filter: column && contains ? { column, contains } : null,
    order: order ? { column: order, descending: said.has('descending') } : null,
    offset: Number.isInteger(offset) && offset >= 0 && offset <= MOST_OFFSET ? offset : 0,
  };
}

function searchOf({ filter, order, offset }: TableRoute): string {
  const said = new URLSearchParams();
  if (filter !== null) {
    said.set('column', filter.column);
    said.set('contains', filter.contains);
  }
  if (order !== null) said.set('order', order.column);
  if (order?.descending) said.set('descending', '');
  if (offset > 0) said.set('offset', String(offset));
  return said.toString();
}

/** Empty for what is no text: an address may be typed by anyone. */
function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return '';
  }
}
