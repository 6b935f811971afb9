import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import type { Prepared } from '../bench/load/index.ts';
import { type Escale, kill, startEscale, waitFor } from './escale.ts';

const FRAMEWORKS = [
  { name: 'flask', fixture: 'flask-with-postgres', file: 'app.py', said: /migrated/ },
  { name: 'django', fixture: 'django-with-postgres', file: 'urls.py', said: /Applying notes\.0001_initial/ },
];

/** Why it can't be tested here; false where it can. Debian's packages are those of Debian's own Python. */
function without(name: string): string | false {
  const { status } = spawnSync('/usr/bin/python3', ['-c', `import ${name}, psycopg2`]);
  return status !== 0 && `no ${name} with PostgreSQL here (apt-get install python3-${name} python3-psycopg2)`;
}

for (const { name, fixture, file, said } of FRAMEWORKS)
  test(`${name} with PostgreSQL, by a YAML file and nothing of Node`, { skip: without(name) }, async (t) => {
    const escale = await startEscale(t);
    const system = escale.system(fixture);
    const notes = async () => JSON.parse(await escale.body(system.host, '/notes')) as string[];
    const add = async (text: string) =>
      assert.equal((await escale.request(system.host, `/notes?text=${text}`, 'POST')).status, 201);

    await t.test('its migration runs first; it writes and reads rows', async () => {
      const { stdout } = await escale.must(['deploy'], system.folder);
      assert.match(stdout, /start db[\s\S]*run migrate[\s\S]*start web/);
      assert.match((await escale.must(['logs', `${system.name}/migrate`])).stdout, said);
      await add('first');
      assert.deepEqual(await notes(), ['first']);
    });

    await t.test('a rolling update loses no request', async () => {
      const load = escale.load(system.host, 20, readNotes(system.host));
      system.edit(file, (text) => text.replace('"one"', '"two"'));
      await escale.must(['deploy'], system.folder);
      assert.equal(await escale.body(system.host, '/version'), 'two');
      assert.deepEqual((await load.stop()).failures, []);
      assert.deepEqual(await notes(), ['first']);
    });

    await t.test('its database is killed with -9, and is back with its rows', async () => {
      const { pid } = await database(escale, system.name);
      assert.ok(pid);
      kill(pid);
      await waitFor('another server answers', async () => {
        const now = await database(escale, system.name);
        return now.state === 'ready' && now.pid !== pid;
      });
      await waitFor('the services read', async () => (await notes()).length === 1);
      await add('second');
    });

    await t.test('all of it is stopped, and started again', async () => {
      await escale.must(['down'], system.folder);
      await escale.must(['deploy'], system.folder);
      assert.deepEqual(await notes(), ['first', 'second']);
    });
  });

async function database(escale: Escale, system: string) {
  const [resource] = (await escale.systemView(system)).resources;
  return resource!;
}

function readNotes(host: string): () => Prepared {
  const bytes = Buffer.from(`GET /notes HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  return () => ({ name: 'read', idempotent: true, reuses: true, bytes, expected: null });
}
