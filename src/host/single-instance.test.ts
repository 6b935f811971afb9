import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

const MODULE = path.join(import.meta.dirname, 'single-instance.ts');

/** Runs a script in a process of its own, which can call `take()`; gives what it prints. */
function run(file: string, script: string): string {
  const head = `import { takeLock } from ${JSON.stringify(MODULE)};
const take = () => takeLock(${JSON.stringify(file)}) !== null;\n`;
  const args = ['--disable-warning=ExperimentalWarning', '--expose-gc', '--input-type=module', '-e'];
  const { stdout, stderr } = spawnSync(process.execPath, [...args, head + script], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return stdout;
}

/** Another process tries while this one holds it. */
const TRY = `import { spawnSync } from 'node:child_process';
const again = \`import { takeLock } from ${JSON.stringify(MODULE)}; console.log(takeLock(process.argv[1]) === null)\`;
const other = (file) => spawnSync(process.execPath,
  ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', again, file], { encoding: 'utf8' }).stdout;
`;

test('the lock is held until its process ends, also when nobody looks at it any more', (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-lock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'a.lock');
  const printed = run(
    file,
    `${TRY}
console.log(take());
for (let times = 0; times < 3; times++) { gc(); await new Promise((resolve) => setImmediate(resolve)); }
process.stdout.write(other(${JSON.stringify(file)}));`,
  );
  assert.equal(printed, 'true\ntrue\n', 'it was taken, and refused to the other one');
  assert.equal(run(file, 'console.log(take())'), 'true\n', 'it is free after its end');
});
