import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { without } from '../../src/delivery/image/testing/programs.ts';
import { realRegistry } from '../../src/delivery/image/testing/real-registry.ts';
import { startOnDocker, withoutDocker } from './docker.ts';
import type { SystemFolder } from './escale.ts';

const skip = withoutDocker() || without('docker-registry', 'git');

test('an image by its tag is what the tag meant when the release was made: promoted, returned to, with its registry gone', {
  skip,
}, async (t) => {
  const registry = await realRegistry();
  const on = await startOnDocker(t);
  const { escale, docker } = on;
  const hello = escale.system('says-hello');
  const push = async (version: string) => {
    hello.write('version.txt', version);
    const reference = `${registry.host}/says-hello:1`;
    await escale.must(['image', 'push', hello.folder, reference, '--base', docker.base]);
  };
  const system = escale.system('from-registry');
  system.edit('escale.yaml', (text) => text.replace('REGISTRY', registry.host));

  const missing = await escale.run(['deploy'], system.folder);
  assert.match(missing.output, /there is no image 127[\s\S]*code {2}image-unknown/);
  await push('v1');
  commit(system);
  const first = await escale.must(['deploy'], system.folder);
  assert.match(first.stdout, /fetching 127\.0\.0\.1:\d+\/says-hello:1@sha256:[0-9a-f]{64}/);
  assert.equal(await escale.body(system.host, '/version'), 'v1');

  await push('v2');
  await escale.must(['promote', 'local', 'staging', 'from-registry']);
  assert.equal(await escale.body(`staging.${system.host}`, '/version'), 'v1');
  await escale.must(['deploy'], system.folder);
  assert.equal(await escale.body(system.host, '/version'), 'v2');
  const known = await escale.must(['release', 'from-registry', '2']);
  assert.match(known.stdout, /says-hello:1@sha256:/);

  await registry.stop();
  const images = await docker.api.ask<{ RepoTags: string[] | null }[]>({
    method: 'GET',
    path: '/images/json',
  });
  for (const tag of images
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .filter((one) => one.includes('/from-registry:')))
    await docker.api.find({ method: 'DELETE', path: `/images/${tag}`, query: { force: 'true' } });
  await escale.must(['rollback', 'from-registry']);
  assert.equal(await escale.body(system.host, '/version'), 'v1');
  await escale.must(['scale', 'from-registry/web=3']);
});

function commit({ folder }: SystemFolder): void {
  const git = (...words: string[]) => execFileSync('git', words, { cwd: folder, stdio: 'ignore' });
  git('init', '--initial-branch', 'main');
  git('add', '--all');
  git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '--message', 'first');
}
