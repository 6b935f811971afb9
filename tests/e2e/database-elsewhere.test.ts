import assert from 'node:assert/strict';
import { globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { postgres } from '../../src/resources/postgres/index.ts';
import { cache, freePort, place } from '../../src/resources/postgres/testing/place.ts';
import { startServer } from '../../src/resources/postgres/testing/server.ts';
import '../../systems/tasks/tests/localhost-names.ts';
import { copySystem } from '../copy-system.ts';
import { type Escale, startEscale } from './escale.ts';

/** What each system's address becomes, and what is said about it. */
const WRONG: { name: string; change: (url: URL, freePort: number) => void; said: RegExp }[] = [
  {
    name: 'nobody-listens',
    change: (url, port) => Object.assign(url, { port }),
    said: /nothing listens on 127\.0\.0\.1:\d+/,
  },
  {
    name: 'wrong-password',
    change: (url) => Object.assign(url, { password: 'wrong-geheim' }),
    said: /refuses the password of shop/,
  },
  {
    name: 'no-database',
    change: (url) => Object.assign(url, { pathname: '/nothing' }),
    said: /has no database nothing/,
  },
];

test('a database that exists elsewhere', async (t) => {
  const escale = await startEscale(t);
  const address = await startElsewhere(t);
  const password = new URL(address).password;
  const said: string[] = [];
  const tell = async (words: string[], cwd?: string) => {
    const ended = await escale.run(words, cwd);
    said.push(ended.output);
    return ended;
  };
  const folders = new Map(WRONG.map(({ name }) => [name, apiAlone(escale, name, address)]));

  await t.test('is migrated and used, and Escale runs none', async () => {
    for (const folder of folders.values()) {
      assert.equal((await tell(['plan', folder])).code, 0);
      assert.equal((await tell(['deploy', folder, '--json'])).code, 0);
    }
    const [name] = folders.keys();
    const [, before] = await todos(escale, name!);
    assert.deepEqual(before, []);
    const body = JSON.stringify({ title: 'elsewhere' });
    assert.equal((await add(escale, name!, body)).status, 201);
    assert.deepEqual(await escale.rows(name!, 'select title from todos'), [['elsewhere']]);
    const { resources } = await escale.systemView(name!);
    const [{ external, pid, port, state } = {}] = resources;
    assert.deepEqual(
      { external, pid, port, state },
      { external: true, pid: null, port: null, state: 'ready' },
    );
    assert.match((await tell(['status', name!])).stdout, /db {2}ready {2}postgres {2}exists elsewhere/);
    assert.deepEqual(
      escale.processes().filter(({ command }) => command.includes('postgres')),
      [],
    );
  });

  await t.test('that can not be used: the command says why, the old release runs on', async () => {
    const before = await Promise.all(WRONG.map(({ name }) => picture(escale, name)));
    const port = await freePort();
    const ended = await Promise.all(
      WRONG.map(async ({ name, change }) => {
        const url = new URL(address);
        change(url, port);
        writeAddress(folders.get(name)!, name, url.href);
        await tell(['plan', folders.get(name)!]);
        return tell(['deploy', folders.get(name)!]);
      }),
    );
    for (const [index, { name, said: why }] of WRONG.entries()) {
      const { code, output } = ended[index]!;
      assert.equal(code, 1, output);
      assert.match(output, why, name);
      assert.match(output, /release 2 was not taken: .*release 1 runs on/);
      assert.deepEqual(await picture(escale, name), before[index]);
      assert.deepEqual((await todos(escale, name))[1], [['elsewhere']]);
    }
  });

  await t.test('its password is nowhere but where the address is kept', async () => {
    const first = WRONG[0]!.name;
    for (const words of [['status', '--json'], ['status'], ['logs', first], ['job', first, '--json']])
      await tell(words);
    for (const secret of [password, 'wrong-geheim'])
      for (const output of said) assert.ok(!output.includes(secret), output);
    const kept = ['escale.db', 'escale.db-shm', 'escale.db-wal', 'supervisor/state.json'];
    const holders = filesWith(escale.home, password);
    assert.deepEqual(
      holders.filter((file) => !kept.includes(file)),
      [],
    );
    for (const file of holders) assert.equal(statSync(path.join(escale.home, file)).mode & 0o077, 0, file);
  });
});

/** A PostgreSQL that this Escale knows nothing of; its address, with a password. */
async function startElsewhere(t: TestContext): Promise<string> {
  const kind = postgres({ cache });
  const at = await place(t);
  await startServer(kind, at);
  return kind.bindings(at).DATABASE_URL!;
}

/** The API of tasks and its migrations, without the rest. */
function apiAlone(escale: Escale, name: string, address: string): string {
  const folder = copySystem('tasks', path.join(escale.folder, name));
  rmSync(path.join(folder, 'escale.config.ts'));
  writeAddress(folder, name, address);
  return folder;
}

function writeAddress(folder: string, name: string, address: string): void {
  const text = `name: ${name}
services:
  api: {source: ./api, command: node server.ts, port: true, uses: [db], health: {ready: /readyz}}
jobs:
  migrate: {source: ./api, command: node migrate.ts, before: deploy, uses: [db]}
resources:
  db: {type: postgres, external: '${address}'}
routes:
  ${name}.localhost: api
`;
  writeFileSync(path.join(folder, 'escale.yaml'), text);
}

/** Release and instances: the same when nothing was touched. */
async function picture(escale: Escale, name: string) {
  const { release, state, services } = await escale.systemView(name);
  return { release, state, instances: services[0]!.instances.map(({ id }) => id) };
}

async function todos(escale: Escale, name: string): Promise<[number, string[][]]> {
  const { status, body } = await escale.request(`${name}.localhost`, '/todos');
  return [status, (JSON.parse(body) as { title: string }[]).map(({ title }) => [title])];
}

function add(escale: Escale, name: string, body: string): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`http://${name}.localhost:${escale.port}/todos`, { method: 'POST', body, headers });
}

/** Files below a folder that hold a text. */
function filesWith(folder: string, text: string): string[] {
  return globSync('**', { cwd: folder }).filter((name) => {
    const file = path.join(folder, name);
    return statSync(file).isFile() && readFileSync(file).includes(text);
  });
}
