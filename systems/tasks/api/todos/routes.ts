import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../problem.ts';
import { clientBase } from './address.ts';
import { readChanges, readNew } from './read-body.ts';
import type { Row, Store } from './store.ts';

/** The parts of a path: no `list` is the list without a name. */
export interface Parts {
  list?: string;
  id?: string;
}

/** A route's place among those of the todos, under `/todos` and `/l/{list}/todos`. */
export const prefixes = ['/todos', '/l/:list/todos'];

const longestList = 100;

/** The list that a path names; throws `Refusal` 404 for a name that can't be one. */
export function listOf({ list = '' }: Parts): string {
  if (list.length <= longestList && !/\p{Cc}/u.test(list)) return list;
  throw new Refusal(404, `a list's name has at most ${longestList} characters, and no control characters`);
}

/** The Todo-Backend API over a store. */
export function todoRoutes(app: FastifyInstance, store: Store): void {
  for (const prefix of prefixes) {
    listRoutes(app, { store, prefix });
    oneRoutes(app, { store, path: `${prefix}/:id` });
  }
}

type Asked = FastifyRequest<{ Params: Parts }>;

function listRoutes(app: FastifyInstance, { store, prefix }: { store: Store; prefix: string }): void {
  app.get(prefix, async (request: Asked) => {
    const rows = await store.all(listOf(request.params));
    return rows.map((row) => present(request, row));
  });
  app.post(prefix, async (request: Asked, reply) => {
    const row = await store.add(listOf(request.params), readNew(request.body));
    const todo = present(request, row);
    return reply.code(201).header('location', todo.url).send(todo);
  });
  app.delete(prefix, async (request: Asked, reply) => {
    await store.clear(listOf(request.params));
    return reply.code(204).send();
  });
}

function oneRoutes(app: FastifyInstance, { store, path }: { store: Store; path: string }): void {
  app.get(path, async (request: Asked) => {
    const { list, id } = keyOf(request);
    return present(request, found(await store.get(list, id)));
  });
  app.patch(path, async (request: Asked) => {
    const { list, id } = keyOf(request);
    return present(request, found(await store.change(list, id, readChanges(request.body))));
  });
  app.delete(path, async (request: Asked, reply) => {
    const { list, id } = keyOf(request);
    found(await store.remove(list, id));
    return reply.code(204).send();
  });
}

function keyOf({ params }: Asked): { list: string; id: number } {
  if (!/^[1-9]\d{0,14}$/.test(params.id ?? '')) throw new Refusal(404, 'no such todo');
  return { list: listOf(params), id: Number(params.id) };
}

function found(row: Row | null): Row {
  if (row) return row;
  throw new Refusal(404, 'no such todo');
}

function present({ params, headers }: Asked, row: Row): Row & { url: string } {
  const list = listOf(params);
  const path = list === '' ? '' : `/l/${encodeURIComponent(list)}`;
  return { ...row, url: `${clientBase(headers)}${path}/todos/${row.id}` };
}
