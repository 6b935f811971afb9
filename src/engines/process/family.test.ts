import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { identify } from '../../host/index.ts';
import { allSessions, findFamilies, instanceOf, membersOf, sessionMembers } from './family.ts';

/** A leader with a child of its session and one that left it; pids as `[leader, child, stray]`. */
async function family(t: TestContext, env: Record<string, string>): Promise<[number, number, number]> {
  const program = `const { spawn } = require('node:child_process');
    const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
    const stray = spawn('/bin/sleep', ['60'], { stdio: 'ignore', detached: true });
    console.log(JSON.stringify([process.pid, child.pid, stray.pid]));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', program], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout, 'data');
  const pids = JSON.parse(said) as [number, number, number];
  t.after(async () => {
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    while (pids.some((pid) => identify(pid) !== null)) await setImmediate();
  });
  return pids;
}

const OWNER = `test${process.pid}`;
const marks = (id: string) => ({ ESCALE_INSTANCE: id, ESCALE_OWNER: OWNER });
const sorted = (pids: number[]) => pids.toSorted((a, b) => a - b);

test('a family is found by its mark wherever its members went; another owner does not see it', async (t) => {
  const pids = await family(t, marks('shop-web-a'));
  assert.deepEqual(
    findFamilies(OWNER)
      .get('shop-web-a')
      ?.toSorted((a, b) => a - b),
    sorted(pids),
  );
  assert.equal(findFamilies('another').size, 0);
  assert.equal(instanceOf(pids[2], OWNER), 'shop-web-a');
  assert.equal(instanceOf(pids[2], 'another'), null);
});

test('a name that another one begins with is not it', async (t) => {
  const [long] = await family(t, marks('shop-web-ab'));
  assert.deepEqual([...findFamilies(OWNER).keys()], ['shop-web-ab']);
  assert.equal(instanceOf(long, OWNER.slice(0, -1)), null);
  assert.equal(findFamilies(`${OWNER}0`).size, 0);
});

test('a session holds its leader and children; all members of an instance are those and the stray', async (t) => {
  const [leader, child, stray] = await family(t, marks('shop-web-c'));
  assert.deepEqual(sorted(sessionMembers(leader)), sorted([leader, child]));
  assert.deepEqual(sorted(allSessions().get(leader)!), sorted([leader, child]));
  const instance = { id: 'shop-web-c', leader: identify(leader)!, owner: OWNER };
  assert.deepEqual(sorted(membersOf(instance)), sorted([leader, child, stray]));
});

test('the session of a pid that came back is not touched', async (t) => {
  const [somebody] = await family(t, { PATH: '/bin' });
  const leader = { ...identify(somebody)!, startTime: '1' };
  assert.deepEqual(membersOf({ id: 'shop-web-d', leader, owner: OWNER }), []);
});

test('a process without marks belongs to nobody', () => {
  assert.equal(instanceOf(process.pid, OWNER), null);
  assert.equal(instanceOf(2 ** 22 + 1, OWNER), null);
});
