import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Escale, killAll, type ProcessName, startEscale, waitFor } from './escale.ts';

/** Ids, releases and states of what runs: the same before and after, when nothing was doubled or lost. */
async function picture(escale: Escale) {
  const { release, services } = await escale.systemView('says-hello');
  return { release, instances: services[0]!.instances.map(({ id, pid }) => `${id} ${pid}`).sort() };
}

async function threeRun(t: TestContext): Promise<Escale> {
  const escale = await startEscale(t);
  const hello = escale.system('says-hello');
  await escale.must(['deploy'], hello.folder);
  await escale.must(['scale', 'says-hello=3']);
  return escale;
}

test("Escale's own processes are killed with -9, one at a time, while requests go on", async (t) => {
  const escale = await threeRun(t);
  const before = await picture(escale);

  for (const name of ['control-plane', 'supervisor'] as const)
    await t.test(`${name}: it is back, no request failed, every instance is the one it was`, async () => {
      const load = escale.load('says-hello.localhost');
      await killOne(escale, name);
      await waitFor('the picture is whole', async () => {
        const { host } = await escale.status();
        return host.supervisor.connected && host.gateway.connected;
      });
      assert.deepEqual(await picture(escale), before);
      await escale.must(['restart', 'says-hello']);
      before.instances = (await picture(escale)).instances;
      const result = await load.stop();
      assert.deepEqual(result.failures, []);
      assert.ok(result.total.ok > 50);
    });

  await t.test('gateway: it is back within a second, and it knows its table', async () => {
    const killedAt = Date.now();
    await killOne(escale, 'gateway');
    await waitFor('it serves', async () => (await escale.request('says-hello.localhost')).status === 200);
    assert.ok(Date.now() - killedAt < 3000, `it served again after ${Date.now() - killedAt} ms`);
    assert.deepEqual(await picture(escale), before);
    await escale.must(['scale', 'says-hello=2']);
    assert.equal(await escale.body('says-hello.localhost'), 'Hello, World!');
  });
});

/** Resolves when it has a successor. */
async function killOne(escale: Escale, name: ProcessName): Promise<void> {
  const pid = escale.pid(name);
  process.kill(pid, 'SIGKILL');
  await waitFor(`another ${name} runs`, () => escale.pid(name) !== pid);
}

test('everything is killed with -9 at once; up brings the same back, nothing doubled', async (t) => {
  const escale = await threeRun(t);
  const hello = escale.system('says-hello');
  hello.write('version.txt', 'two');
  await escale.must(['deploy'], hello.folder);
  killAll(escale.home);
  await escale.nothingLeft();

  const up = escale.start(['up', '--no-watch'], hello.folder);
  await up.until(/Ctrl-C stops/);
  assert.match(up.output, /release 2 runs, nothing to do/);
  const service = await waitFor('three are ready', async () => {
    const now = await escale.service('says-hello');
    return now.ready === 3 ? now : null;
  });
  assert.deepEqual(
    service.instances.map(({ release, state }) => [release, state]),
    Array.from({ length: 3 }, () => [2, 'ready']),
  );
  const living = new Set(escale.processes().flatMap(({ instance }) => (instance === null ? [] : [instance])));
  assert.deepEqual([...living].sort(), service.instances.map(({ id }) => id).sort());
  assert.equal(await escale.body(hello.host, '/version'), 'two');
});

test("all of Escale's own processes are killed with -9; the instances are adopted", async (t) => {
  const escale = await threeRun(t);
  const before = await picture(escale);
  killAll(escale.home, ({ instance }) => instance === null);
  await escale.must(['deploy'], escale.system('says-hello').folder);
  assert.deepEqual(await picture(escale), before);
  assert.equal(await escale.body('says-hello.localhost'), 'Hello, World!');
});

test('the control plane is killed with -9 in the middle of a rollout, and the command follows it to its end', async (t) => {
  const escale = await threeRun(t);
  const hello = escale.system('says-hello');
  hello.write('version.txt', 'two');
  const load = escale.load(hello.host);
  const deploy = escale.start(['deploy'], hello.folder);
  await deploy.until(/start web 1\/3/);
  await killOne(escale, 'control-plane');
  const ended = await deploy.ended;
  assert.equal(ended.code, 0, ended.output);
  assert.match(
    ended.output,
    /is started again: waiting for it(?:.*\n)+.*promote release 2(?:.*\n)+.*release 2 runs/,
  );
  const view = await escale.systemView('says-hello');
  assert.deepEqual(
    [view.rollouts[0]!.state, view.release, view.state, view.services[0]!.instances.length],
    ['promoted', 2, 'ready', 3],
  );
  assert.deepEqual((await load.stop()).failures, []);
  assert.equal(await escale.body(hello.host, '/version'), 'two');
});

test('the control plane is killed with -9 while a bad release is tried, which is undone', async (t) => {
  const escale = await threeRun(t);
  const hello = escale.system('says-hello');
  hello.become('never-ready');
  const deploy = escale.start(['deploy'], hello.folder);
  await deploy.until(/record release 2/);
  await killOne(escale, 'control-plane');
  const ended = await deploy.ended;
  assert.equal(ended.code, 1);
  assert.match(ended.output, /release 2 was not taken: .* was not ready within 2 s.*; release 1 runs on/);
  const view = await escale.systemView('says-hello');
  assert.deepEqual([view.rollouts[0]!.state, view.release, view.state], ['rolled-back', 1, 'ready']);
  assert.match(view.rollouts[0]!.reason, /was not ready within 2 s/);
  assert.equal(view.services[0]!.instances.length, 3);
});

test('the control plane is killed with -9 just before a file is saved: up delivers it all the same', async (t) => {
  const escale = await startEscale(t);
  const hello = escale.system('says-hello');
  const up = escale.start(['up'], hello.folder);
  await up.until(/Ctrl-C stops/);
  process.kill(escale.pid('control-plane'), 'SIGKILL');
  hello.write('version.txt', 'two');
  await up.until(/release 2 runs/);
  assert.equal(await escale.body(hello.host, '/version'), 'two');
});

test("the supervisor's state is damaged: it says so, every instance runs on, and is what it was", async (t) => {
  const escale = await threeRun(t);
  const before = await picture(escale);
  const load = escale.load('says-hello.localhost');
  writeFileSync(path.join(escale.home, 'supervisor', 'state.json'), '{"desired":[{"system":"says');
  await killOne(escale, 'supervisor');
  const view = await waitFor('all is ready again', async () => {
    const now = await escale.systemView('says-hello');
    return now.state === 'ready' ? now : null;
  });
  assert.equal(view.services[0]!.ready, 3);
  assert.deepEqual(await picture(escale), before);
  const told = (await escale.status()).events.find(({ type }) => type === 'state-lost');
  assert.match(told!.message, /its state could not be read, and is kept as .*state\.json\.damaged-/);
  await escale.must(['scale', 'says-hello=2']);
  assert.deepEqual((await load.stop()).failures, []);
});
