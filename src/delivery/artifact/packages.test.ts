import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { temporary, writeTree } from '../testing/tree.ts';
import { npmNeed, pythonNeed, requirementNames } from './packages.ts';

const json = JSON.stringify;
const WITH = json({ name: 'web', dependencies: { ws: '8.0.0' } });
const WITHOUT = json({ name: 'web', devDependencies: { typescript: '7.0.0' } });

test('no package file, one that is damaged, one without dependencies: nothing to install', (t) => {
  const cases: Record<string, string>[] = [{}, { 'package.json': '{' }, { 'package.json': WITHOUT }];
  for (const files of cases) {
    const folder = writeTree(temporary(t), files);
    assert.equal(npmNeed(folder, folder), null);
  }
});

test('dependencies without a lock file', (t) => {
  const folder = writeTree(temporary(t), { 'package.json': WITH });
  assert.deepEqual(npmNeed(folder, folder), {
    kind: 'npm',
    files: [[path.join(folder, 'package.json'), 'package.json']],
    workspace: '.',
    locked: false,
  });
});

test('a lock file beside it; settings of npm belong to it', (t) => {
  const files = { 'package.json': WITH, 'package-lock.json': '{}', '.npmrc': 'save-exact=true' };
  const folder = writeTree(temporary(t), files);
  assert.deepEqual(npmNeed(folder, folder), {
    kind: 'npm',
    files: ['package.json', 'package-lock.json', '.npmrc'].map((name) => [path.join(folder, name), name]),
    workspace: '.',
    locked: true,
  });
});

const WORKSPACES = {
  'package.json': json({ workspaces: ['services/*'] }),
  'package-lock.json': json({
    packages: {
      '': {},
      'services/api': {},
      'services/web': {},
      'node_modules/ws': {},
      'node_modules/web': {},
    },
  }),
  'services/api/package.json': WITHOUT,
  'services/web/package.json': WITH,
};

test('a workspace: the lock file above, with every package file that it knows', (t) => {
  const top = writeTree(temporary(t), WORKSPACES);
  const names = [
    'package.json',
    'package-lock.json',
    'services/api/package.json',
    'services/web/package.json',
  ];
  assert.deepEqual(npmNeed(path.join(top, 'services/web'), top), {
    kind: 'npm',
    files: names.map((name) => [path.join(top, name), name]),
    workspace: 'services/web',
    locked: true,
  });
});

test('a lock file above that does not know the folder is not its lock file', (t) => {
  const top = writeTree(temporary(t), { ...WORKSPACES, 'other/package.json': WITH });
  assert.equal(npmNeed(path.join(top, 'other'), top)!.locked, false);
});

test('nothing above the top is looked at', (t) => {
  const above = writeTree(temporary(t), WORKSPACES);
  const top = path.join(above, 'services');
  assert.equal(npmNeed(path.join(top, 'web'), top)!.locked, false);
});

test('a damaged lock file is left to npm to tell of', (t) => {
  const folder = writeTree(temporary(t), { 'package.json': WITH, 'package-lock.json': '<<<<<<< HEAD' });
  assert.equal(npmNeed(folder, folder)!.locked, true);
});

test('Python: requirements that name something', (t) => {
  const folder = writeTree(temporary(t), { 'requirements.txt': 'flask\n' });
  assert.deepEqual(pythonNeed(folder), {
    kind: 'python',
    files: [[path.join(folder, 'requirements.txt'), 'requirements.txt']],
    workspace: '.',
    locked: true,
  });
  assert.equal(pythonNeed(writeTree(temporary(t), { 'requirements.txt': '# none\n\n' })), null);
  assert.equal(pythonNeed(temporary(t)), null);
});

test('names of requirements', () => {
  const text =
    'Flask>=2.0  # web\r\n\n# a comment\n-r other.txt\n--index-url x\ngunicorn[gevent]==1 ; os_name == "x"\nzope.interface\nruamel_yaml~=1\n';
  assert.deepEqual(requirementNames(text), ['Flask', 'gunicorn', 'zope.interface', 'ruamel_yaml']);
});
