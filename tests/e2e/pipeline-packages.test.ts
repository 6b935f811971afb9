import assert from 'node:assert/strict';
import { existsSync, globSync, lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { outputIn, pipelineHost, shopWith, stepsIn } from './pipeline-host.ts';

/** A locked workspace that needs no registry: `web` depends on a folder with a script of its own. */
function workspace(): Record<string, string> {
  const web = {
    name: 'web',
    version: '1.0.0',
    dependencies: { greeting: 'file:../greeting' },
    devDependencies: { tool: 'file:../tool' },
  };
  const greeting = {
    name: 'greeting',
    version: '1.0.0',
    scripts: {
      install:
        "node -e \"require('fs').writeFileSync('made', String(process.getuid?.()) + process.env.KEEPERS_SECRET)\"",
    },
  };
  const tool = { name: 'tool', version: '1.0.0', bin: { tool: 'tool.js' } };
  const root = { name: 'root', private: true, workspaces: ['web', 'greeting', 'tool'] };
  const link = (resolved: string) => ({ resolved, link: true });
  const packages = {
    '': { name: 'root', workspaces: root.workspaces },
    ...{ web, greeting: { ...greeting, hasInstallScript: true }, tool },
    ...{
      'node_modules/web': link('web'),
      'node_modules/greeting': link('greeting'),
      'node_modules/tool': link('tool'),
    },
  };
  return {
    'package.json': JSON.stringify(root),
    'package-lock.json': JSON.stringify({ name: 'root', lockfileVersion: 3, requires: true, packages }),
    'web/package.json': JSON.stringify(web),
    'web/a.test.js':
      "require('node:test')('greets', () => require('node:assert').equal(require('greeting'), 'hello'));",
    'greeting/package.json': JSON.stringify(greeting),
    'greeting/index.js': "module.exports = 'hello';",
    'tool/package.json': JSON.stringify(tool),
    'tool/tool.js': "#!/usr/bin/env node\nconsole.log('tool runs');",
  };
}

test('packages of a workspace: installed once, fenced, shown where they are needed, with what only tests need', async (t) => {
  const { commit, push, ended, home } = await pipelineHost(t);
  const steps = {
    test: { source: './web', command: 'node --test a.test.js' },
    tool: { source: './web', command: ['sh', '-c', 'node ../tool/tool.js; ls ../node_modules'], needs: [] },
  };
  commit('c1', { ...shopWith(steps), ...workspace() });
  const lines = await ended(push('c1').id);
  assert.deepEqual(
    stepsIn(lines).slice(0, 2),
    ['checkout succeeded', 'install succeeded'],
    stepsIn(lines).join('\n'),
  );
  assert.ok(stepsIn(lines).includes('test succeeded'), JSON.stringify(lines));
  assert.match(outputIn(lines, 'tool'), /tool runs[\s\S]*greeting/);
  const [folder, ...others] = globSync('*', { cwd: home.packages });
  assert.deepEqual(others, []);
  const made = path.join(home.packages, folder!, 'greeting', 'made');
  if (existsSync(made)) {
    const said = readFileSync(made, 'utf8');
    assert.match(said, /^\d+undefined$/, 'no secret is there to be read');
    const uid = Number.parseInt(said, 10);
    if (process.getuid?.() === 0) assert.ok(uid >= 60_578 && uid < 61_184, said);
    // What a script has made there is ours now: nobody fenced can change it for the next run.
    assert.deepEqual([lstatSync(made).uid, lstatSync(made).mode & 0o022], [process.getuid?.(), 0]);
  }
  const again = await ended(push('c1').id);
  assert.match(outputIn(again, 'install'), /packages as before/);
});

test('a package manager that fails says its last words', async (t) => {
  const { commit, push, ended } = await pipelineHost(t);
  const own = { name: 'shop', version: '1.0.0', dependencies: { greeting: 'file:greeting' } };
  // A lock file that does not know what package.json asks for.
  const lock = { name: 'shop', lockfileVersion: 3, packages: { '': { name: 'shop' } } };
  const files = { 'package.json': JSON.stringify(own), 'package-lock.json': JSON.stringify(lock) };
  commit('c1', { ...shopWith({ test: ['true'] }), ...files });
  const [, install, ...others] = stepsIn(await ended(push('c1').id));
  assert.match(
    install!,
    /^install failed: npm ci .* exited with code 1:\n[\s\S]*can only install packages when/,
  );
  assert.deepEqual(others, ['test skipped: install did not succeed']);
});

test('a cache is found again by its branch, and what is delivered is where others begin', async (t) => {
  const { commit, push, ended } = await pipelineHost(t);
  const script = 'cat kept/* 2>/dev/null; mkdir -p kept; echo "$0" > "kept/$0"';
  const file = (word: string) => shopWith({ test: { command: ['sh', '-c', script, word], cache: ['kept'] } });
  for (const word of ['main', 'one', 'two', 'three']) commit(word, file(word));
  const found = async (word: string, wish: object) => outputIn(await ended(push(word, wish).id), 'test');
  assert.equal(await found('main', { environments: ['local'] }), '');
  assert.equal(await found('one', { branch: 'feature' }), 'main');
  assert.equal(await found('two', { branch: 'feature' }), 'main\none');
  assert.equal(await found('three', { environments: ['local'] }), 'main');
});
