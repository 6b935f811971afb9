import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { startHost, startOverSsh, withoutTarget } from './target.ts';

const skip = withoutTarget();
const NAME = 'with-secrets';
const HOST = `production.${NAME}.localhost`;

test('a database and secrets on a host elsewhere', { skip }, async (t) => {
  const { escale, client } = await startOverSsh(t);
  const { there } = await startHost(t, client);
  const system = escale.system(NAME);
  const at = ['-e', 'production', NAME];
  system.write(
    'escale.yaml',
    `name: ${NAME}
services:
  web: {command: node server.ts, port: true, health: {ready: /}, uses: [db], env: {API_KEY: '\${secret.API_KEY}'}}
resources:
  db: {type: postgres}
routes:
  ${system.host}: web
environments:
  production: {target: prod}
`,
  );
  const given = async () => JSON.parse(await there.body(HOST)) as { key: string };
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const setKey = async (value: string) => {
    const command = escale.start(['secret', 'set', 'API_KEY', '-e', 'production', NAME]);
    command.child.stdin!.end(value);
    assert.equal((await command.ended).code, 0);
  };
  await escale.must(['target', 'add', 'prod', 'prod', '--port', String(there.port)]);
  await setKey('first-key-of-all');
  await escale.must(['deploy', '-e', 'production', system.folder]);

  await t.test('what needs them has them, and they are nowhere in the open there', async () => {
    assert.equal((await given()).key, digest('first-key-of-all'));
    const state = readFileSync(path.join(there.home, 'supervisor', 'state.json'), 'utf8');
    const kept = readFileSync(path.join(there.home, 'secrets', 'production.json'), 'utf8');
    assert.doesNotMatch(state + kept, /first-key-of-all/);
  });

  await t.test('a new value comes with a deploy, and the supervisor there starts with it alone', async () => {
    await setKey('second-key-of-all');
    await escale.must(['deploy', '-e', 'production', system.folder]);
    assert.equal((await given()).key, digest('second-key-of-all'));
  });

  await t.test('the database is asked, copied and brought back as one nearby', async () => {
    const sql = (text: string, ...more: string[]) =>
      escale.must(['db', ...at, '-c', text, '--json', ...more]);
    await sql('CREATE TABLE notes (text text)', '--write');
    await sql("INSERT INTO notes VALUES ('kept')", '--write');
    const { stdout: made } = await escale.must(['backup', ...at, '--json']);
    assert.ok((JSON.parse(made) as { folder: string }).folder.startsWith(there.home));
    await sql('DROP TABLE notes', '--write');
    await escale.must(['restore', ...at]);
    assert.deepEqual(JSON.parse((await sql('SELECT * FROM notes')).stdout).rows, [['kept']]);
    const wrong = await escale.run(['db', ...at, '-c', 'SELECT nothing', '--json']);
    assert.equal(wrong.code, 1);
    assert.match(wrong.output, /column \\?"nothing\\?" does not exist/);
  });

  await t.test('data is deleted where it is', async () => {
    await escale.must(['down', '-e', 'production', NAME, '--delete-data', '--yes']);
    await escale.must(['deploy', '-e', 'production', system.folder]);
    const empty = await escale.run(['db', ...at, '-c', 'SELECT * FROM notes']);
    assert.match(empty.output, /does not exist/);
    await escale.must(['down', '-e', 'production', NAME]);
  });
});
