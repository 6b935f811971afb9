import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  containersOf,
  killByHand,
  type OnDocker,
  removeByForce,
  startOnDocker,
  withoutDocker,
} from './docker.ts';
import { type SystemFolder, waitFor } from './escale.ts';

const skip = withoutDocker();

/** Whole, on one release, and answering as that release does. */
async function isWhole(on: OnDocker, hello: SystemFolder, version: string): Promise<boolean> {
  const view = await on.escale.systemView(hello.name);
  const [web] = view.services;
  const containers = (await containersOf(on, hello.name)).filter(({ State }) => State === 'running');
  return (
    view.state === 'ready' &&
    web!.ready === 2 &&
    new Set(web!.instances.map(({ release }) => release)).size === 1 &&
    containers.length === 2 &&
    (await on.escale.body(hello.host, '/version')) === version
  );
}

test('what somebody or something does to containers', { skip }, async (t) => {
  const on = await startOnDocker(t);
  const { escale, docker } = on;
  const hello = escale.system('says-hello');
  await escale.must(['deploy'], hello.folder);

  for (const [name, act] of [
    ['docker kill', killByHand],
    ['docker rm -f', removeByForce],
  ] as const)
    await t.test(`${name}: another one takes its place`, async () => {
      const [first] = await containersOf(on, hello.name);
      await act(on, first!);
      await waitFor('there are two again, and not that one', async () => {
        const now = await containersOf(on, hello.name);
        return now.every(({ Id }) => Id !== first!.Id) && (await isWhole(on, hello, 'one'));
      });
    });

  await t.test('dockerd is killed: containers serve on, and are the same afterwards', async () => {
    const before = (await containersOf(on, hello.name)).map(({ Id }) => Id).sort();
    const load = escale.load(hello.host, 50);
    await killDockerd(on);
    const result = await load.stop();
    assert.deepEqual(result.failures, []);
    await waitFor('it is whole', () => isWhole(on, hello, 'one'));
    assert.deepEqual((await containersOf(on, hello.name)).map(({ Id }) => Id).sort(), before);
  });

  await t.test('dockerd and the supervisor are killed: nothing is doubled, nothing is lost', async () => {
    const before = (await containersOf(on, hello.name)).map(({ Id }) => Id).sort();
    const supervisor = escale.pid('supervisor');
    process.kill(docker.pid(), 'SIGKILL');
    process.kill(supervisor, 'SIGKILL');
    await waitFor('another supervisor', () => escale.pid('supervisor') !== supervisor);
    await waitFor('it is whole', () => isWhole(on, hello, 'one').catch(() => false));
    assert.deepEqual((await containersOf(on, hello.name)).map(({ Id }) => Id).sort(), before);
  });

  await t.test('a container dies and dockerd with it: it is replaced when there is one again', async () => {
    const [first] = (await escale.service(hello.name)).instances;
    process.kill(docker.pid(), 'SIGKILL');
    process.kill(first!.pid!, 'SIGKILL');
    await waitFor('it is whole', () => isWhole(on, hello, 'one').catch(() => false));
  });

  await t.test(
    'its image and its network are taken away: they come back with the next instance',
    async () => {
      for (const container of await containersOf(on, hello.name)) await removeByForce(on, container);
      const { Image } = (await containersOf(on, hello.name))[0] ?? {};
      await removeNetworks(on);
      if (Image !== undefined)
        await docker.api.find({ method: 'DELETE', path: `/images/${Image}`, query: { force: 'true' } });
      await waitFor('it is whole', () => isWhole(on, hello, 'one').catch(() => false));
    },
  );
});

test('the same during a rollout: it ends in the old or in the new release', { skip }, async (t) => {
  const on = await startOnDocker(t);
  const { escale, docker } = on;
  const hello = escale.system('says-hello');
  await escale.must(['deploy'], hello.folder);
  let version = 'one';

  for (const [name, act] of [
    ['every container is killed', async () => all(on, hello, killByHand)],
    ['every container is removed', async () => all(on, hello, removeByForce)],
    ['dockerd is killed', () => killDockerd(on)],
    [
      'containers and network are removed',
      async () => {
        await all(on, hello, removeByForce);
        await removeNetworks(on);
      },
    ],
  ] as [string, () => Promise<unknown>][])
    await t.test(name, async () => {
      const next = `v-${name.replaceAll(' ', '-')}`;
      hello.write('version.txt', next);
      const deploy = escale.start(['deploy'], hello.folder);
      await deploy.until(/record release/);
      await act();
      const { code, output } = await deploy.ended;
      if (code === 0) version = next;
      else assert.match(output, /was not taken: .* runs on/);
      await waitFor(`it is whole on ${version}`, () => isWhole(on, hello, version).catch(() => false));
    });

  await t.test('Docker’s disk is full: refused with the reason, and the old release serves on', async () => {
    const ballast = path.join(docker.data, 'ballast');
    hello.write('version.txt', 'too much');
    writeFileSync(path.join(hello.folder, 'large.bin'), Buffer.alloc(8 << 20, 'x'));
    fill(ballast);
    const { code, output } = await escale.run(['deploy'], hello.folder);
    rmSync(ballast);
    assert.equal(code, 1);
    assert.match(output, /no space left on device|no room left/);
    await waitFor('it is whole', () => isWhole(on, hello, version));
    await escale.must(['deploy'], hello.folder);
    await waitFor('it is whole', () => isWhole(on, hello, 'too much'));
  });
});

async function all(
  on: OnDocker,
  hello: SystemFolder,
  act: (on: OnDocker, container: Awaited<ReturnType<typeof containersOf>>[number]) => Promise<void>,
): Promise<void> {
  for (const container of await containersOf(on, hello.name)) await act(on, container).catch(() => {});
}

/** Resolves when it answers again: its keeper has started another one. */
async function killDockerd({ docker }: OnDocker): Promise<void> {
  const pid = docker.pid();
  process.kill(pid, 'SIGKILL');
  await waitFor('another dockerd answers', async () => {
    await docker.api.ask({ method: 'GET', path: '/info' });
    return docker.pid() !== pid;
  });
}

/** Those of this test's Escale, as far as nobody is on them. */
async function removeNetworks({ docker, escale }: OnDocker): Promise<void> {
  const networks = await docker.api.ask<{ Id: string; Name: string }[]>({ method: 'GET', path: '/networks' });
  const owner = ownerOf(escale.home);
  for (const { Id, Name } of networks)
    if (Name.startsWith(`escale-${owner}-`))
      await docker.api.find({ method: 'DELETE', path: `/networks/${Id}` }).catch(() => {});
}

function fill(file: string): void {
  for (const size of [1 << 20, 1 << 12])
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
    }
}

function ownerOf(home: string): string {
  return readFileSync(path.join(home, 'id'), 'utf8').trim();
}
