import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeCandidate } from './candidate.ts';
import { gitState } from './git-state.ts';
import { controlPlaneIn, temporary, writeShop } from './testing/control-plane.ts';

function git(folder: string, ...args: string[]): string {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  return execFileSync('git', ['-C', folder, ...who, ...args], { encoding: 'utf8' }).trim();
}

/** A repository with `shop/` and `other/` in it, committed. */
function repository(t: TestContext): string {
  const top = temporary(t);
  git(top, 'init', '-q');
  writeShop(path.join(top, 'shop'));
  mkdirSync(path.join(top, 'other'));
  writeFileSync(path.join(top, 'other/a.txt'), 'a');
  writeFileSync(path.join(top, '.gitignore'), '*.log\n');
  git(top, 'add', '.');
  git(top, 'commit', '-qm', 'one');
  return top;
}

test('outside of git, and before the first commit', async (t) => {
  const folder = temporary(t);
  assert.deepEqual(await gitState(folder), { commit: null, dirty: true, top: folder });
  git(folder, 'init', '-q');
  assert.deepEqual(await gitState(folder), { commit: null, dirty: true, top: folder });
});

test('a folder of a repository: only what stands below it makes it dirty', async (t) => {
  const top = repository(t);
  const shop = path.join(top, 'shop');
  const commit = git(top, 'rev-parse', 'HEAD');
  const clean = { commit, dirty: false, top };
  assert.deepEqual(await gitState(shop), clean);
  writeFileSync(path.join(top, 'other/a.txt'), 'b');
  writeFileSync(path.join(shop, 'x.log'), 'ignored');
  assert.deepEqual(await gitState(shop), clean);
  writeFileSync(path.join(shop, 'new.ts'), '');
  assert.deepEqual(await gitState(shop), { ...clean, dirty: true });
});

test('a variable that a hook of git left means no other repository', async (t) => {
  const shop = path.join(repository(t), 'shop');
  const before = await gitState(shop);
  const other = repository(t);
  git(other, 'commit', '-q', '--allow-empty', '-m', 'two');
  process.env.GIT_DIR = path.join(other, '.git');
  t.after(() => delete process.env.GIT_DIR);
  assert.deepEqual(await gitState(shop), before);
});

test('a candidate: what a folder would be, and whether it is the newest release already', async (t) => {
  const top = repository(t);
  const { parts } = controlPlaneIn(t);
  const source = { folder: path.join(top, 'shop'), environment: 'local' };
  const candidate = await makeCandidate(source, parts.artifacts);
  assert.deepEqual([candidate.system, candidate.folder], ['shop', source.folder]);
  assert.deepEqual(candidate.content, {
    commit: git(top, 'rev-parse', 'HEAD'),
    dev: false,
    model: {
      name: 'shop',
      services: { web: { command: 'node server.ts', port: true } },
      routes: { 'shop.localhost': 'web' },
    },
    artifacts: { web: candidate.drafts[0]!.digest },
  });
  const release = { system: 'shop', number: 3, createdAt: 1, ...candidate.content };
  const other = { ...release, number: 4, artifacts: { web: 'other' } };
  assert.equal(candidate.knownAs([]), null);
  assert.equal(candidate.knownAs([release]), 3);
  assert.equal(candidate.knownAs([other, release]), null);
  assert.equal(
    candidate.knownAs([other, release], 3),
    3,
    'after a rollback, what runs is what the folder says',
  );
  writeFileSync(path.join(source.folder, 'server.ts'), 'changed');
  const dirty = await makeCandidate(source, parts.artifacts);
  assert.deepEqual([dirty.content.dev, dirty.knownAs([release])], [true, null]);
});

test('a candidate of a wrong file tells every mistake and touches nothing', async (t) => {
  const folder = writeShop(temporary(t), ['replicaz: 2', 'env: 7']);
  const { parts } = controlPlaneIn(t);
  await assert.rejects(makeCandidate({ folder, environment: 'local' }, parts.artifacts), (error: Error) => {
    const { code, details } = error as Error & { code: string; details: { mistakes: { path: string }[] } };
    assert.equal(code, 'file-invalid');
    assert.deepEqual(
      details.mistakes.map((mistake) => mistake.path),
      ['services.web.replicaz', 'services.web.env'],
    );
    return true;
  });
});
