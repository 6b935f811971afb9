import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporary, writeTree } from '../testing/tree.ts';
import { contextFilter, readDockerfile } from './context.ts';

test('.dockerignore decides what a build sees, the one beside its Dockerfile before it', async (t) => {
  const folder = writeTree(temporary(t), {
    '.dockerignore': '# a note\n*.log\n**/target\n!keep/target\ndocs/\nDockerfile\n',
    'other.Dockerfile.dockerignore': '*\n!only.txt\n',
  });
  const isSeen = await contextFilter(folder, 'Dockerfile');
  const files = [
    'a.log',
    'deep/a.log',
    'x/target/y',
    'keep/target/y',
    'docs/a',
    'Dockerfile',
    '.dockerignore',
  ];
  assert.deepEqual(files.filter(isSeen), ['deep/a.log', 'keep/target/y']);
  const isOther = await contextFilter(folder, 'other.Dockerfile');
  assert.deepEqual(['only.txt', 'a.txt', 'other.Dockerfile.dockerignore'].filter(isOther), ['only.txt']);
  const isAny = await contextFilter(temporary(t), 'Dockerfile');
  assert.ok(isAny('anything'));
});

test('a Dockerfile is a file of its source: nothing of the host is read through a link', async (t) => {
  const folder = writeTree(temporary(t), { 'build/Dockerfile': 'FROM scratch\n', 'outside.txt': '' });
  const source = path.join(folder, 'build');
  assert.equal(String(await readDockerfile(source, 'Dockerfile')), 'FROM scratch\n');
  symlinkSync('Dockerfile', path.join(source, 'inside'));
  assert.equal(String(await readDockerfile(source, 'inside')), 'FROM scratch\n');
  for (const [name, target] of [
    ['passwd', '/etc/passwd'],
    ['above', '../outside.txt'],
    ['endless', '/dev/zero'],
  ] as const) {
    symlinkSync(target, path.join(source, name));
    await assert.rejects(readDockerfile(source, name), { code: 'dockerfile-missing' });
  }
  symlinkSync('/dev/zero', path.join(source, '.dockerignore'));
  assert.ok((await contextFilter(source, 'Dockerfile'))('anything'));
});
