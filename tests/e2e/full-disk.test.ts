import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Escale, startEscale, waitFor } from './escale.ts';

const skip = process.getuid?.() === 0 ? false : 'mounting a small disk needs root';

/** An `ESCALE_HOME` on a disk of 64 MB of its own. */
async function onSmallDisk(t: TestContext): Promise<{ escale: Escale; disk: string }> {
  const disk = path.join('/tmp', `escale-e2e-disk-${process.pid}`);
  mkdirSync(disk, { mode: 0o711 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=0711', 'tmpfs', disk]);
  const unmount = () => {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  };
  const escale = await startEscale(t, { home: path.join(disk, 'home'), finally: unmount });
  return { escale, disk };
}

/** Takes every last byte. */
function fill(file: string): void {
  for (const size of [1 << 20, 1 << 12])
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
    }
}

test('a full disk', { skip }, async (t) => {
  const { escale, disk } = await onSmallDisk(t);
  const hello = escale.system('says-hello');
  await escale.must(['deploy'], hello.folder);
  const load = escale.load(hello.host);
  fill(path.join(disk, 'ballast'));

  await t.test('a deploy is refused with the reason, and the old release serves on', async () => {
    hello.write('version.txt', 'two');
    const { code, stderr, stdout } = await escale.run(['deploy'], hello.folder);
    assert.equal(code, 1);
    assert.match(stderr + stdout, /no room left on the disk/);
    assert.doesNotMatch(stderr, /bug of Escale/);
    assert.equal(await escale.body(hello.host, '/version'), 'one');
    assert.equal((await escale.service('says-hello')).ready, 2);
  });

  await t.test(
    'an instance that ends meanwhile: the other one serves, and status says what is missing',
    async () => {
      const [first] = (await escale.service('says-hello')).instances;
      process.kill(first!.pid!, 'SIGKILL');
      const service = await waitFor('it is known to be gone', async () => {
        const now = await escale.service('says-hello');
        return now.instances.every(({ id }) => id !== first!.id) ? now : null;
      });
      assert.match(service.lastFailure?.reason ?? '', /no room left on the disk|was ended by SIGKILL/);
      assert.equal((await escale.request(hello.host)).status, 200);
    },
  );

  await t.test('once there is room again everything works', async () => {
    rmSync(path.join(disk, 'ballast'));
    const { stdout } = await escale.must(['deploy'], hello.folder);
    assert.match(stdout, /says-hello: release 2 runs/);
    assert.equal(await escale.body(hello.host, '/version'), 'two');
  });

  await t.test(
    'full in the middle of a rollout that fails: it is undone as soon as there is room',
    async () => {
      hello.become('never-ready');
      const deploy = escale.start(['deploy'], hello.folder);
      await deploy.until(/record release 3/);
      fill(path.join(disk, 'ballast'));
      await deploy.until(/returning to release 2/);
      rmSync(path.join(disk, 'ballast'));
      await deploy.ended;
      const view = await waitFor('the rollout has ended', async () => {
        const now = await escale.systemView('says-hello');
        return now.state === 'ready' ? now : null;
      });
      assert.deepEqual([view.rollouts[0]!.state, view.release], ['rolled-back', 2]);
      assert.deepEqual(
        view.services[0]!.instances.map(({ release }) => release),
        [2, 2],
      );
      assert.deepEqual((await load.stop()).failures, []);
    },
  );
});
