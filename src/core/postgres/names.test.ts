import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesFor } from './names.ts';

test('a system gives its name, made plain; names that mean something get another beginning', () => {
  const systems = ['shop', 'my-shop', 'postgres', 'pg-stat', 'public', '9lives', 'Été', `x${'y'.repeat(80)}`];
  assert.deepEqual(
    systems.map((system) => namesFor(system).user),
    [
      'shop',
      'my_shop',
      'db_postgres',
      'db_pg_stat',
      'db_public',
      'db_9lives',
      'db__t_',
      `x${'y'.repeat(59)}`,
    ],
  );
});
