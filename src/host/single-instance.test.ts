import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { takeLock } from './single-instance.ts';

function temporary(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-lock-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A process that takes the lock and holds it until it ends. */
async function holder(t: TestContext, file: string): Promise<ChildProcess> {
  const module = path.join(import.meta.dirname, 'single-instance.ts');
  const program = `const { takeLock } = await import(process.argv[1]);
    globalThis.lock = takeLock(process.argv[2]);
    console.log(lock === null ? 'no' : 'yes'); setInterval(() => {}, 1000);`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program, module, file];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const [said] = (await once(child.stdout!, 'data')) as [Buffer];
  assert.equal(String(said), 'yes\n');
  return child;
}

test('one holds it, also within a process; released, another may', (t) => {
  const file = path.join(temporary(t), 'a.lock');
  const first = takeLock(file);
  assert.notEqual(first, null);
  assert.equal(takeLock(file), null);
  first!.release();
  const second = takeLock(file);
  assert.notEqual(second, null);
  second!.release();
});

test('two locks are strangers', (t) => {
  const folder = temporary(t);
  const locks = ['a', 'b'].map((name) => takeLock(path.join(folder, name)));
  assert.ok(locks.every((lock) => lock !== null));
  for (const lock of locks) lock!.release();
});

test('kill -9 of the process that holds it frees it', async (t) => {
  const file = path.join(temporary(t), 'a.lock');
  const child = await holder(t, file);
  assert.equal(takeLock(file), null);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = takeLock(file);
  assert.notEqual(lock, null);
  lock!.release();
});

test('a lock file that is none is said, and not taken for somebody who holds it', (t) => {
  const file = path.join(temporary(t), 'a.lock');
  writeFileSync(file, 'this is no lock file of ours, however long it is'.repeat(40));
  assert.throws(() => takeLock(file), /not a database/);
  assert.throws(() => takeLock(path.join(file, 'below', 'a file')));
});

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
