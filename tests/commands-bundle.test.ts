import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';

const ROOT = path.join(import.meta.dirname, '..');

/** A clone of its own whose packages are this one's, and how its commands were started. */
function clone(t: TestContext) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-bundle-'));
  t.after(() => rmSync(folder, FOREVER));
  for (const name of ['src', 'bin', 'escale', 'package.json', 'package-lock.json'])
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  const cache = () => readdirSync(path.join(ROOT, 'node_modules', '.cache', 'escale'));
  const before = new Set(cache().filter((name) => name.startsWith('commands-')));
  const own = () => cache().filter((name) => name.startsWith('commands-') && !before.has(name));
  t.after(() => {
    for (const name of own()) rmSync(path.join(ROOT, 'node_modules', '.cache', 'escale', name), FOREVER);
  });
  const edit = (name: string, change: (text: string) => string) => {
    const file = path.join(folder, name);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  };
  const bundle = () => execFileSync(process.execPath, [path.join(folder, 'bin', 'bundle-commands.mjs')]);
  const env = { ...process.env, ESCALE_HOME: path.join(folder, 'home'), NODE_DEBUG: '' };
  const run = (...words: string[]) =>
    spawnSync(path.join(folder, 'escale'), words, { encoding: 'utf8', env, cwd: folder });
  /** Whether the few files are what a command is started from. */
  const isBundled = () => {
    const script = `import { bundled } from ${JSON.stringify(path.join(folder, 'bin', 'commands.mjs'))}; console.log(bundled() !== null);`;
    const words = ['--input-type=module', '-e', script];
    return execFileSync(process.execPath, words, { encoding: 'utf8' }).trim() === 'true';
  };
  return { folder, edit, bundle, run, isBundled };
}

/** Commands that make the few files beside whoever asked may still be at it. */
const FOREVER = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 };

test('commands come from few files, and never from those of other sources', (t) => {
  const { edit, bundle, run, isBundled } = clone(t);
  assert.equal(isBundled(), false);
  assert.equal(run('--version').status, 0);
  bundle();
  assert.equal(isBundled(), true);
  const { stdout } = run('check', '--help');
  assert.match(stdout, /escale check/);

  edit('package.json', (text) => text.replace(/"version": "[^"]+"/, '"version": "7.7.7"'));
  assert.equal(isBundled(), false);
  assert.equal(run('--version').stdout, '7.7.7\n');
  edit('src/cli/commands/check.ts', (text) =>
    text.replace(/\.description\('[^']*'/, ".description('Another one'"),
  );
  assert.match(run('check', '--help').stdout, /Another one/);
});

test('a bug is told with the places of the sources', (t) => {
  const { folder, edit, bundle, run } = clone(t);
  edit(
    'src/cli/commands/check.ts',
    (text) => `${text}\nfunction breaks(): never {\n  throw new TypeError('broken');\n}\n`,
  );
  edit('src/cli/commands/check.ts', (text) =>
    text.replace(/(export function checkCommand[^{]*\{\n)/, '$1  breaks();\n'),
  );
  const source = readFileSync(path.join(folder, 'src/cli/commands/check.ts'), 'utf8');
  const line = source.split('\n').findIndex((text) => text.includes('throw new TypeError')) + 1;
  const place = `${path.join(folder, 'src/cli/commands/check.ts')}:${line}`;
  assert.ok(run('check').stderr.includes(place));
  bundle();
  const { stderr } = run('check');
  assert.match(stderr, /TypeError: broken/);
  assert.ok(stderr.includes(place), stderr);
});
