import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync, rmdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { findLimiter, type Limiter } from './limits.ts';

const OWNER = `test${process.pid}`;
const NONE = { memoryBytes: null, cpu: null, processes: null, diskBytes: null };

/** A limiter of this test's own, its groups removed afterwards; null where no cgroup may be used. */
function limiter(t: TestContext): Limiter | null {
  const found = findLimiter(OWNER);
  t.after(() => {
    for (const folder of globSync([`/sys/fs/cgroup/escale-${OWNER}`, `/sys/fs/cgroup/*/escale-${OWNER}`]))
      rmdirSync(folder);
  });
  return found;
}

const SKIP = 'no cgroup may be used here';

async function run(t: TestContext, limits: typeof NONE | Record<string, number>, program: string) {
  const own = limiter(t);
  if (own === null) return null;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  own.confine('a', child.pid!, { ...NONE, ...limits });
  child.stdin.end();
  return { own, child };
}

test('the limits stand in the kernel’s files, and its group holds the process', async (t) => {
  const wait = 'process.stdin.resume(); setInterval(() => {}, 1000);';
  const running = await run(t, { memoryBytes: 256 << 20, cpu: 0.5, processes: 50 }, wait);
  if (running === null) return t.skip(SKIP);
  const groups = readFileSync(`/proc/${running.child.pid}/cgroup`, 'utf8');
  assert.match(groups, new RegExp(`/escale-${OWNER}/a$`, 'm'));
  const files = globSync([
    `/sys/fs/cgroup/memory/escale-${OWNER}/a/memory.limit_in_bytes`,
    `/sys/fs/cgroup/escale-${OWNER}/a/memory.max`,
  ]);
  assert.deepEqual(
    files.map((file) => readFileSync(file, 'utf8')),
    [`${256 << 20}\n`],
  );
  running.child.kill('SIGKILL');
  await once(running.child, 'exit');
  assert.equal(running.own.ranOutOfMemory('a'), false);
  running.own.forget('a');
  assert.ok(!files.some((file) => existsSync(file)));
});

test('more memory than allowed ends it, and that is known', { timeout: 60_000 }, async (t) => {
  const eat =
    'process.stdin.resume().on("end", () => { const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1)); });';
  const running = await run(t, { memoryBytes: 128 << 20 }, eat);
  if (running === null) return t.skip(SKIP);
  assert.deepEqual(await once(running.child, 'exit'), [null, 'SIGKILL']);
  assert.equal(running.own.ranOutOfMemory('a'), true);
  running.own.forget('a');
});

test('without limits no group is made; what was never confined is forgotten quietly', async (t) => {
  const running = await run(t, NONE, 'process.stdin.resume()');
  if (running === null) return t.skip(SKIP);
  assert.deepEqual(globSync(`/sys/fs/cgroup/**/escale-${OWNER}/a`), []);
  running.own.forget('a');
  assert.equal(running.own.ranOutOfMemory('a'), false);
});
