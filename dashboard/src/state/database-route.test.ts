import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DatabaseRoute, hashOf, routeOf, wholeTable } from './database-route.ts';

const database = { place: { system: 'tasks', environment: 'local' }, resource: 'db' };

test('each place has one address, and back', () => {
  const cases: [string, DatabaseRoute][] = [
    ['#/databases/local/tasks/db', { ...database, table: null }],
    ['#/databases/local/tasks/db/public/todos', { ...database, table: wholeTable('public', 'todos') }],
    [
      '#/databases/local/tasks/db/public/todos?column=title&contains=a%26b&order=id&descending=&offset=50',
      {
        ...database,
        table: {
          ...{ schema: 'public', name: 'todos', offset: 50 },
          filter: { column: 'title', contains: 'a&b' },
          order: { column: 'id', descending: true },
        },
      },
    ],
  ];
  for (const [hash, route] of cases) {
    assert.deepEqual(routeOf(hash), route);
    assert.equal(hashOf(route), hash);
  }
});

test('names may hold anything', () => {
  for (const name of ['a/b', '?', '#', '%', '..', '<img src=x>', '\u202eabc', 'à la carte', '"'])
    for (const route of [
      { ...database, table: wholeTable(name, name) },
      { ...database, table: { ...wholeTable('s', 't'), filter: { column: name, contains: name } } },
    ])
      assert.deepEqual(routeOf(hashOf(route)), route, name);
});

test('an address of something else, or none, is none', () => {
  for (const hash of [
    ...['', '#', '#systems', '#/databases', '#/databases/local/tasks', '#/databases/local/tasks/db/public'],
    ...['#/databases/local/tasks/db/public/', '#/databases/local/tasks/db/a/b/c', '#/databases/%/tasks/db'],
    '#/other/local/tasks/db',
  ])
    assert.equal(routeOf(hash), null, hash);
});

test('a wrong offset is the beginning', () => {
  for (const offset of ['-1', '1.5', 'x', '1e99', 'NaN'])
    assert.equal(routeOf(`#/databases/l/s/db/p/t?offset=${offset}`)?.table?.offset, 0, offset);
});
