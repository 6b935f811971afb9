import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'escale-ci-')));
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(
  path.join(folder, 'escale.yaml'),
  'name: demo\nservices:\n  web: { command: node a.js, port: true }\n',
);
writeFileSync(path.join(folder, 'a.js'), '');

function escale(...words: string[]) {
  const args = ['--disable-warning=ExperimentalWarning', MAIN, ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

test('what is not there is not current; what was written is, until the file of the system changes', () => {
  const stale = escale('ci', 'gitlab', '--check', '--json');
  assert.equal(stale.code, 1);
  assert.match(stale.out + stale.err, /render-stale/);
  assert.equal(existsSync(path.join(folder, '.gitlab-ci.yml')), false);
  assert.match(
    escale('ci', 'gitlab').out,
    /^✓ wrote \.gitlab-ci\.yml\n✓ wrote deploy\/demo\/web\.Dockerfile\n/,
  );
  assert.equal(escale('ci', 'gitlab', '--check').code, 0);
  assert.equal(escale('render', 'dockerfile', '--check').code, 0);
  writeFileSync(
    path.join(folder, 'escale.yaml'),
    'name: demo\nservices:\n  web: { command: node b.js, port: true }\n',
  );
  assert.equal(escale('render', 'dockerfile', '--check').code, 1);
});

test('printed, nothing is written; another CI system is refused', () => {
  const { code, out } = escale('ci', 'github', '--stdout');
  assert.deepEqual([code, existsSync(path.join(folder, '.github'))], [0, false]);
  assert.match(out, /^# \.github\/workflows\/demo\.yml\n# Made by Escale/);
  const refused = escale('ci', 'jenkins');
  assert.equal(refused.code, 2);
  assert.match(refused.err, /Name one of: gitlab, github, circleci\./);
});
