import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Me } from '../../src/server/index.ts';
import { type Escale, startEscale, waitFor } from './escale.ts';
import { Person, person, startServer } from './team.ts';
import { digest, newValue } from './traces.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const NAME = 'with-secrets';
const VERSION = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).version as string;
const OLDER = '0.0.9';

/** A copy of this Escale that says it is an older one. */
function olderProgram(folder: string): string {
  mkdirSync(folder);
  for (const name of ['src', 'bin', 'escale', 'package.json', 'package-lock.json'])
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  const file = path.join(folder, 'package.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace(`"version": "${VERSION}"`, `"version": "${OLDER}"`));
  return path.join(folder, 'escale');
}

test('a newer version takes over while requests go on, and the older command gives way', async (t) => {
  const escale = await startEscale(t);
  const newer = escale.program;
  escale.program = olderProgram(path.join(escale.folder, 'older'));
  const older = await escale.serve();
  assert.match(older.output, new RegExp(`Escale ${OLDER} serves`));
  const hello = escale.system('says-hello');
  await escale.must(['deploy'], hello.folder);
  const before = await instances(escale);
  const load = escale.load(hello.host, 50);

  escale.program = newer;
  const command = await escale.serve();
  assert.match(command.output, new RegExp(`Escale ${VERSION} serves[\\s\\S]*it took over from ${OLDER}`));
  assert.match((await older.ended).output, /another `escale server` keeps it now/);
  assert.equal((await escale.status()).host.version, VERSION);
  assert.deepEqual(await instances(escale), before);

  hello.write('version.txt', 'two');
  await escale.must(['deploy'], hello.folder);
  assert.equal(await escale.body(hello.host, '/version'), 'two');
  // The new one is kept by its own command.
  const pid = escale.pid('control-plane');
  process.kill(pid, 'SIGKILL');
  await waitFor('another control plane', () => escale.pid('control-plane') !== pid);
  assert.equal((await escale.status()).host.version, VERSION);
  const { failures, total } = await load.stop();
  assert.deepEqual(failures, []);
  assert.ok(total.ok > 50);
});

async function instances(escale: Escale): Promise<string[]> {
  const { instances: all } = await escale.service('says-hello');
  return all.map(({ id, pid }) => `${id} ${pid}`).sort();
}

test('`escale server stop` ends the command that stays, too', async (t) => {
  const escale = await startEscale(t);
  const command = await escale.serve();
  await escale.must(['server', 'stop']);
  const { code, output } = await command.ended;
  assert.equal(code, 0, output);
  await escale.nothingLeft();
  const again = await escale.serve();
  const interrupted = await again.interrupt();
  assert.match(interrupted.output, /What runs runs on/);
  assert.notDeepEqual(escale.processes(), []);
});

test('a copy of Escale brings users, tokens, secrets, repositories and releases into an empty home', async (t) => {
  const first = await startServer(t);
  const ada = await person(first, 'ada', 'deployer:*');
  const tree = await ada.clone('shop');
  const value = newValue();
  for (const name of ['API_KEY', 'JOB_TOKEN'])
    await withInput(first, ['secret', 'set', name, NAME, '-e', 'staging'], value);
  const { folder } = first.system(NAME);
  cpSync(folder, tree.folder, { recursive: true });
  const commit = await tree.commit({ 'pipeline.txt': '' });
  assert.match((await tree.push()).said, /staging: promoted, release 1/);
  const { stdout } = await first.must(['server', 'backup', '--json']);
  const copy = path.join(first.folder, 'copy');
  cpSync((JSON.parse(stdout) as { folder: string }).folder, copy, { recursive: true });
  const key = readFileSync(path.join(first.home, 'secret-key'));
  await first.must(['server', 'stop']);

  const second = await startEscale(t);
  await second.must(['server', 'restore', copy]);
  writeFileSync(path.join(second.home, 'secret-key'), key, { mode: 0o600 });
  await second.serve();
  const again = new Person(second, 'ada', ada.token);
  assert.equal((await again.get<Me>('/api/me')).name, 'ada');
  const clone = await again.clone('shop');
  await clone.must('fetch', '--quiet', 'escale');
  assert.equal((await clone.must('rev-parse', 'escale/main')).trim(), commit);
  const [staging] = (await second.status()).systems;
  assert.deepEqual([staging?.name, staging?.environment, staging?.release], [NAME, 'staging', 1]);
  // Artifacts are no part of a copy: they are made again of the same commit, under the same number.
  const { output } = await second.must(['pipeline', 'retry', '1']);
  assert.match(output, /release │ release 1\b/);
  const shown = await waitFor('it serves', async () => {
    const { status, body } = await second.request(`staging.${NAME}.localhost`);
    return status === 200 ? body : null;
  });
  assert.equal(JSON.parse(shown).key, digest(value));
});

async function withInput(escale: Escale, words: string[], input: string): Promise<void> {
  const command = escale.start(words);
  command.child.stdin!.end(`${input}\n`);
  const { code, output } = await command.ended;
  assert.equal(code, 0, output);
}

test('a store that a newer version has written is refused, and left as it is', async (t) => {
  const escale = await startServer(t);
  await escale.must(['server', 'stop']);
  const store = new DatabaseSync(path.join(escale.home, 'escale.db'));
  store.exec('PRAGMA user_version = 9999');
  store.close();
  const { code, output } = await escale.run(['server']);
  assert.equal(code, 1);
  assert.match(output, /store-newer/);
  assert.match(output, /a newer version of Escale has written its store/);
  assert.doesNotMatch(output, /at file:|bug of Escale/);
  await escale.nothingLeft();
});

const withoutSystemd = spawnSync('systemd-analyze', ['--version']).status !== 0 && 'no systemd-analyze here';

test('the unit is one that systemd takes', { skip: withoutSystemd }, async (t) => {
  const escale = await startEscale(t);
  const { stdout } = await escale.must(['server', 'unit', '--user', 'daemon']);
  assert.match(stdout, /\[Service\][\s\S]*ExecStart=\/.* server\n/);
  const file = path.join(escale.folder, 'escale.service');
  writeFileSync(file, stdout);
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file]);
  assert.deepEqual([status, stderr.toString()], [0, '']);
});
