import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

const ROOT = path.join(import.meta.dirname, '..', '..');
/** Prints at the end what was loaded, one address a line. */
const SPY = `import module from 'node:module';
const seen = [];
module.registerHooks({ load: (url, context, next) => { seen.push(url); return next(url, context); } });
process.on('exit', () => {
  const undici = process.moduleLoadList.filter((name) => name.includes('deps/undici'));
  console.log([...seen, ...undici].join('\\n'));
});`;
const HEAVY = [
  ...['src/delivery/', 'src/engines/', 'src/gateway/', 'src/supervisor/', 'src/resources/', 'src/secrets/'],
  ...[
    'src/core/manifest/file/',
    'node_modules/yaml/',
    'node_modules/zod/',
    'node_modules/fastify/',
    'undici',
  ],
];

test('a command that only asks loads nothing of what builds, runs and checks: that would be most of its time', (t) => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'escale-loaded-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const spy = `data:text/javascript,${encodeURIComponent(SPY)}`;
  const words = ['--disable-warning=ExperimentalWarning', '--import', spy, 'src/cli/main.ts', 'status'];
  const env = { ...process.env, ESCALE_HOME: home };
  const loaded = execFileSync(process.execPath, words, { cwd: ROOT, env, encoding: 'utf8' }).split('\n');
  assert.ok(loaded.some((name) => name.endsWith('src/cli/commands/status.ts')));
  assert.deepEqual(
    loaded.filter((name) => HEAVY.some((part) => name.includes(part))),
    [],
  );
});
