import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { escapeIdentifier } from 'pg';
import type { RowsQuery } from '../../core/contracts/index.ts';
import { postgres } from './index.ts';
import { cache, place } from './testing/place.ts';
import { startServer } from './testing/server.ts';
import { inDatabase } from './testing/sql.ts';

const kind = postgres({ cache });
const owner = { after };
const HOSTILE = [`we"ird'; DROP TABLE notes; --`, '$1', '%s', 'ROWS', 'a b', '*', 'é\n', '\\', '{}', '$$'];

const at = await place(owner);
await startServer(kind, at);
const url = kind.bindings(at).DATABASE_URL!;
await inDatabase(
  url,
  `CREATE TABLE notes (id int PRIMARY KEY, text varchar(40) NOT NULL DEFAULT 'none', at date)`,
  `INSERT INTO notes SELECT n, 'note ' || n FROM generate_series(1, 700) n`,
  `INSERT INTO notes VALUES (1000, '100 % sure'), (1001, 'under_score'), (1002, 'back\\slash'), (1003, 'it''s')`,
  'ANALYZE notes',
  'CREATE VIEW recent AS SELECT * FROM notes WHERE id > 900',
  'CREATE SCHEMA "other one"',
  'CREATE TABLE "other one".parts (id int) PARTITION BY RANGE (id)',
  ...HOSTILE.map((name) => `CREATE TABLE ${escapeIdentifier(name)} (${escapeIdentifier(name)} text)`),
  ...HOSTILE.map((name) => `INSERT INTO ${escapeIdentifier(name)} VALUES ('${name.replaceAll("'", "''")}')`),
);

function rows(changes: Partial<RowsQuery> = {}) {
  const query = { schema: 'public', table: 'notes', filter: [], order: null, offset: 0, limit: 3 };
  return kind.database!.rows(at, { ...query, ...changes });
}

async function idsWith(contains: string): Promise<(string | null)[]> {
  const { rows: found } = await rows({ filter: [{ column: 'text', contains }], limit: 100 });
  return found.map(([id]) => id!);
}

test('tables with their columns', async () => {
  const all = await kind.database!.tables(at);
  const notes = all.find(({ name }) => name === 'notes')!;
  assert.ok(notes.bytes > 8192);
  assert.deepEqual(
    { ...notes, bytes: 0 },
    {
      schema: 'public',
      name: 'notes',
      kind: 'table',
      rows: 704,
      bytes: 0,
      columns: [
        { name: 'id', type: 'integer', nullable: false, default: null, key: true },
        {
          name: 'text',
          type: 'character varying(40)',
          nullable: false,
          default: "'none'::character varying",
          key: false,
        },
        { name: 'at', type: 'date', nullable: true, default: null, key: false },
      ],
    },
  );
  const others = all.filter(({ name }) => name === 'recent' || name === 'parts');
  assert.deepEqual(
    others.map(({ schema, kind, rows }) => [schema, kind, rows]),
    [
      ['other one', 'partitioned table', null],
      ['public', 'view', null],
    ],
  );
  assert.equal(all.length, 3 + HOSTILE.length);
});

test('pages in the order of the key, then as asked', async () => {
  const first = await rows();
  assert.deepEqual([first.rows.map(([id]) => id), first.truncated], [['1', '2', '3'], true]);
  assert.deepEqual((await rows({ offset: 3 })).rows[0]![0], '4');
  const last = await rows({ order: { column: 'id', descending: true } });
  assert.deepEqual(last.rows[0], ['1003', "it's", null]);
  assert.equal((await rows({ limit: 5000 })).rows.length, 500);
  assert.equal((await rows({ offset: 703 })).truncated, false);
});

test('a filter means what was typed', async () => {
  assert.deepEqual(await idsWith('NOTE 70'), ['70', '700']);
  assert.deepEqual(await idsWith('%'), ['1000']);
  assert.deepEqual(await idsWith('_'), ['1001']);
  assert.deepEqual(await idsWith('\\'), ['1002']);
  assert.deepEqual(await idsWith("'"), ['1003']);
  const both = [
    { column: 'id', contains: '00' },
    { column: 'text', contains: 'sure' },
  ];
  assert.deepEqual((await rows({ filter: both })).rows, [['1000', '100 % sure', null]]);
});

test('names are names, whatever is in them', async () => {
  for (const name of HOSTILE) {
    const answer = await rows({
      table: name,
      filter: [{ column: name, contains: name }],
      order: { column: name, descending: false },
    });
    assert.deepEqual(answer.rows, [[name]]);
  }
  assert.equal((await rows()).rows.length, 3, 'notes are still there');
});

test('names that are not there are said, with those that are', async () => {
  await assert.rejects(rows({ table: 'notse' }), {
    code: 'table-unknown',
    message: /"public\.notse"; there is .*public\.notes/,
  });
  await assert.rejects(rows({ schema: 'pg_catalog', table: 'pg_authid' }), { code: 'table-unknown' });
  for (const column of ['txet', 'id; DROP TABLE notes', 'id" DESC --'])
    for (const changes of [{ order: { column, descending: true } }, { filter: [{ column, contains: 'x' }] }])
      await assert.rejects(rows(changes), { code: 'table-unknown', message: /it has id, text, at$/ });
});
