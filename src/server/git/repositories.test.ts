import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { gitServer, SYSTEM, workTree } from '../testing/git.ts';

const run = promisify(execFile);

test('a push makes its repository, begins a pipeline, and shows what that says', async (t) => {
  const { address, asked, repositories } = await gitServer(t);
  const { commit, push, git } = await workTree(t, `${address}/git/shop.git`);
  const id = await commit({ 'escale.yaml': SYSTEM('shop'), 'server.ts': '' });
  const said = await push();
  assert.deepEqual(asked, [
    {
      ...{
        system: 'shop',
        repository: 'shop',
        branch: 'main',
        commit: id,
        folder: '.',
        by: 'ada',
        cause: 'push',
      },
      environments: ['staging'],
    },
  ]);
  assert.match(said, /remote: shop: pipeline 1 → staging/);
  assert.match(said, /remote: {3}✓ test of run 1/);
  assert.equal(await repositories.at('shop').problems(), '');
  const { stdout } = await git('ls-remote', 'escale');
  assert.match(stdout, new RegExp(`^${id}\tHEAD\n${id}\trefs/heads/main`));
});

test('of several systems only those are delivered that changed, and what their packages come from counts', async (t) => {
  const { address, asked } = await gitServer(t);
  const { commit, push } = await workTree(t, `${address}/git/many`);
  await commit({
    'package-lock.json': '{}',
    'a/escale.yaml': SYSTEM('a'),
    'b/escale.yaml': SYSTEM('b'),
    'tests/fixtures/c/escale.yaml': SYSTEM('c'),
  });
  await push();
  assert.deepEqual(
    asked.splice(0).map(({ folder }) => folder),
    ['a', 'b'],
  );
  await commit({ 'b/file': 'x' });
  assert.match(await push(), /1 of 2 systems did not change/);
  assert.deepEqual(
    asked.splice(0).map(({ folder }) => folder),
    ['b'],
  );
  await commit({ README: 'x' });
  assert.match(await push(), /Nothing of main differs/);
  assert.deepEqual(asked, []);
  await commit({ 'package-lock.json': '{"a":1}' });
  await push();
  assert.deepEqual(
    asked.splice(0).map(({ folder }) => folder),
    ['a', 'b'],
  );
});

test('what a newer push cut short is looked at again', async (t) => {
  const { address, asked, cancelled } = await gitServer(t);
  const { commit, push } = await workTree(t, `${address}/git/shop`);
  await commit({ 'a/escale.yaml': SYSTEM('a'), 'b/escale.yaml': SYSTEM('b') });
  await push();
  cancelled.add(1);
  await commit({ 'b/file': '' });
  await push();
  assert.deepEqual(
    asked.map(({ system }) => system),
    ['a', 'b', 'a', 'b'],
  );
});

test('what failed and did not change is told, and not tried again', async (t) => {
  const { address, asked, failed } = await gitServer(t);
  const { commit, push } = await workTree(t, `${address}/git/shop`);
  await commit({ 'a/escale.yaml': SYSTEM('a') });
  await push();
  failed.set(1, 'deploy failed');
  await commit({ README: '' });
  assert.match(await push(), /✗ a: it is as in pipeline run 1, which failed: deploy failed/);
  assert.equal(asked.length, 1);
});

test('a file with mistakes is told with all of them, and delivers nothing', async (t) => {
  const { address, asked } = await gitServer(t);
  const { commit, push } = await workTree(t, `${address}/git/shop`);
  await commit({ 'escale.yaml': 'name: Shop\nservices:\n  web: { comand: node server.ts }\n' });
  const said = await push();
  assert.match(said, /remote: {3}escale\.yaml:1 .*name/);
  assert.match(said, /comand/);
  assert.deepEqual(asked, []);
});

test('a system comes from one repository only', async (t) => {
  const { address, asked } = await gitServer(t);
  const first = await workTree(t, `${address}/git/first`);
  await first.commit({ 'escale.yaml': SYSTEM('shop') });
  await first.push();
  const second = await workTree(t, `${address}/git/second`);
  await second.commit({ 'escale.yaml': SYSTEM('shop') });
  assert.match(await second.push(), /shop is delivered from the repository first/);
  assert.equal(asked.length, 1);
});

test('a commit that was stored and not looked at before a crash is taken up at the next start, once', async (t) => {
  const { address, asked, repositories, store } = await gitServer(t);
  const { commit, push } = await workTree(t, `${address}/git/shop`);
  const id = await commit({ 'escale.yaml': SYSTEM('shop') });
  await push();
  store.sql.run('DELETE FROM branches');
  store.sql.run('DELETE FROM taken');
  writeFileSync(path.join(repositories.at('shop').folder, 'refs/heads/main.lock'), '');
  await repositories.resume();
  await repositories.resume();
  assert.deepEqual(
    asked.map(({ commit: of, by }) => [of, by]),
    [
      [id, 'ada'],
      [id, 'ada'],
    ],
  );
  await commit({ file: 'x' });
  await push();
  assert.equal(asked.length, 3);
});

const WORDS = [
  'a;b',
  'a$(id)',
  'a`id`',
  `a'b`,
  'a"b',
  '-rf',
  '--upload-pack=x',
  'a\u202eb',
  'a&b',
  'a|b',
  'été',
];

test('words that a shell or git would understand are names of branches like others', async (t) => {
  const { address, asked } = await gitServer(t);
  const { commit, push } = await workTree(t, `${address}/git/shop`);
  await commit({ 'escale.yaml': SYSTEM('shop') });
  for (const word of WORDS) await push(`HEAD:refs/heads/x/${word}`, `HEAD:refs/tags/x/${word}`);
  assert.deepEqual(
    asked.map(({ branch }) => branch),
    WORDS.map((word) => `x/${word}`),
  );
});

test('files with such names are delivered as they are called', async (t) => {
  const { address, repositories, folder } = await gitServer(t);
  const { commit, push } = await workTree(t, `${address}/git/shop`);
  const names = ['a;b', '$(id)', '`id`', '-rf', '--upload-pack=x', 'new\nline', 'a\u202eb', `'"`, ' '];
  const id = await commit({
    'escale.yaml': SYSTEM('shop'),
    ...Object.fromEntries(names.map((name) => [`odd/${name}`, name])),
  });
  await push();
  const into = path.join(folder, 'out');
  await repositories.at('shop').checkout(id, into);
  const { stdout } = await run('find', [path.join(into, 'odd'), '-type', 'f', '-printf', '%f\\0']);
  assert.deepEqual(stdout.split('\0').filter(Boolean).sort(), names.sort());
});

test('names of repositories that are none are refused', async (t) => {
  const { address } = await gitServer(t);
  for (const name of ['..', 'a%2f..%2fb', '-rf', 'A', 'a;b', '%00', 'escale.db', '$(id)']) {
    const answer = await fetch(`${address}/git/${name}/info/refs?service=git-receive-pack`);
    assert.ok([404, 400, 422].includes(answer.status), `${name}: ${answer.status}`);
  }
  const none = await fetch(`${address}/git/none/info/refs?service=git-upload-pack`);
  assert.equal(none.status, 404);
  for (const file of ['HEAD', 'config', 'objects/info/packs', 'info/refs'])
    assert.equal((await fetch(`${address}/git/none/${file}`)).status, 404, file);
});

test('hooks and settings that come with a push are only files', async (t) => {
  const { address, folder } = await gitServer(t);
  const { commit, push } = await workTree(t, `${address}/git/shop`);
  const mark = path.join(folder, 'ran');
  await commit({
    'escale.yaml': SYSTEM('shop'),
    'hooks/post-receive': `#!/bin/sh\ntouch ${mark}\n`,
    '.gitattributes': '* filter=evil\n',
    '.gitmodules': `[submodule "x"]\n path = x\n url = ext::sh -c touch% ${mark}\n`,
  });
  await push().catch(() => {});
  await assert.rejects(run('test', ['-e', mark]));
});

test('a push is delivered only where whoever pushes may deploy, and somebody who may only look can’t push', async (t) => {
  const staging = await gitServer(t, [{ role: 'deployer', environment: 'qa' }]);
  const tree = await workTree(t, `${staging.address}/git/shop`);
  const environments = 'environments:\n  qa: { branch: main }\n  production: { branch: main }\n';
  await tree.commit({ 'escale.yaml': SYSTEM('shop') + environments });
  assert.match(await tree.push(), /✗ shop is not delivered to production: ada may not deploy there/);
  assert.deepEqual(
    staging.asked.map((wish) => wish.environments),
    [['qa']],
  );
  assert.deepEqual(staging.pushed, ['ada shop 1']);
  const looking = await gitServer(t, [{ role: 'viewer', environment: '*' }]);
  const other = await workTree(t, `${looking.address}/git/shop`);
  await other.commit({ 'escale.yaml': SYSTEM('shop') });
  await assert.rejects(other.push(), /403/);
  assert.deepEqual(looking.asked, []);
});

test('a large push, a shallow one, and one of a branch that goes away', async (t) => {
  const { address, asked, repositories } = await gitServer(t);
  const { commit, push, git, folder } = await workTree(t, `${address}/git/shop`);
  const large = randomBytes(3 << 20).toString('latin1');
  await commit({ 'escale.yaml': SYSTEM('shop'), 'large.bin': large });
  await push('main', 'HEAD:old');
  await push(':old');
  assert.deepEqual(Object.keys(await repositories.at('shop').branches()), ['main']);
  await run('git', [
    'clone',
    '--quiet',
    '--depth=1',
    `${address}/git/shop`,
    path.join(folder, '../shallow-clone'),
  ]);
  t.after(() => rmSync(path.join(folder, '../shallow-clone'), { recursive: true, force: true }));
  await git('push', '--force', 'escale', 'HEAD~0:refs/heads/again');
  assert.deepEqual(
    asked.map(({ branch }) => branch),
    ['main', 'old', 'again'],
  );
  assert.equal(await repositories.at('shop').problems(), '');
});

test('what is new between two commits, at the top of a repository and below it', async (t) => {
  const { address, repositories } = await gitServer(t);
  const { commit, push } = await workTree(t, `${address}/git/many`);
  const one = await commit({ 'escale.yaml': SYSTEM('shop'), 'a/*': '1', 'a/b': '1' });
  const two = await commit({ 'escale.yaml': SYSTEM('shop'), 'a/*': '2', c: '2' });
  await push();
  const repository = repositories.at('many');
  const files = async (folder: string) =>
    (await repository.changedFiles(one, two, folder)).map(({ path: file, change }) => `${change} ${file}`);
  const commits = async (folder: string) =>
    (await repository.log(one, two, folder, 9)).map(({ id, subject, author }) => [id, subject, author]);
  assert.deepEqual(await files('.'), ['M a/*', 'A c']);
  assert.deepEqual(await files('a'), ['M a/*']);
  assert.deepEqual(await files('a/*'), ['M a/*']);
  assert.deepEqual(await files('b'), []);
  assert.deepEqual(await commits('.'), [[two, 'change', 'Ada']]);
  assert.deepEqual(await commits('a'), [[two, 'change', 'Ada']]);
  assert.deepEqual(await commits('b'), []);
  assert.equal((await repository.log(null, two, '.', 9)).length, 2);
});
