import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { globSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Escale } from './escale.ts';
import { shopWith } from './pipeline-host.ts';
import { person, pipelineRuns, startServer } from './team.ts';

const skip = process.getuid?.() === 0 ? false : 'mounting a small disk needs root';
const HOST = 'staging.shop.localhost';
const DISK_MB = 400;

/** A server whose home is on a disk of its own. */
async function onSmallDisk(t: TestContext): Promise<{ escale: Escale; ballast: string }> {
  const disk = path.join('/tmp', `escale-e2e-push-disk-${process.pid}`);
  mkdirSync(disk, { mode: 0o711 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=0711`, 'tmpfs', disk]);
  const unmount = () => {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  };
  const escale = await startServer(t, { home: path.join(disk, 'home'), finally: unmount });
  return { escale, ballast: path.join(disk, 'ballast') };
}

/** Leaves so many bytes of the disk, or somewhat less where others are writing, too. */
function leave(bytes: number, ballast: string): void {
  const free = () => {
    const { bavail, bsize } = statfsSync(path.dirname(ballast));
    return bavail * bsize - bytes;
  };
  try {
    for (let left = free(); left > 0; left = free())
      writeFileSync(ballast, Buffer.alloc(Math.min(1 << 20, left)), { flag: 'a' });
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  }
}

function shop(word: string, test: object = ['true']): Record<string, string> {
  const files = shopWith({ test }, { environments: { staging: { branch: 'main' } } });
  return { ...files, 'server.js': files['server.js']!.replace('process.env.TEXT', `'${word}'`) };
}

test('a full disk on the way from a push to a release', { skip }, async (t) => {
  const { escale, ballast } = await onSmallDisk(t);
  const ada = await person(escale, 'ada', 'deployer:*');
  const tree = await ada.clone('shop');
  await tree.commit(shop('one'));
  assert.match((await tree.push()).said, /staging: promoted/);
  const repository = path.join(escale.home, 'repositories', 'shop.git');
  const isAsBefore = async () => {
    execFileSync('git', ['fsck', '--full', '--strict'], { cwd: repository, stdio: 'pipe' });
    assert.deepEqual(globSync('{**/*.lock,objects/tmp_*}', { cwd: repository }), []);
    const before = (await tree.must('rev-parse', 'HEAD~1')).trim();
    assert.equal(await tree.must('ls-remote', 'escale', 'main'), `${before}\trefs/heads/main\n`);
    assert.equal(await escale.body(HOST), 'one');
    assert.equal((await pipelineRuns(escale)).length, 1);
  };

  await tree.commit({ ...shop('two'), 'large.bin': randomBytes(16 << 20) });

  await t.test(
    'there is no room for the objects: refused with the reason, everything as before',
    async () => {
      leave(4 << 20, ballast);
      const { code, said } = await tree.push();
      assert.notEqual(code, 0);
      assert.match(said, /No space left on device/);
      assert.match(said, /! \[remote rejected\] HEAD -> main/);
      rmSync(ballast);
      await isAsBefore();
    },
  );

  await t.test('there is no room for anything: the same', async () => {
    leave(0, ballast);
    const { code, said } = await tree.push();
    assert.notEqual(code, 0);
    assert.match(said, /no room left on the disk|No space left on device/);
    rmSync(ballast);
    await isAsBefore();
  });

  await t.test('the same push works once there is room', async () => {
    const { said } = await tree.push();
    assert.match(said, /staging: promoted/);
    assert.equal(await escale.body(HOST), 'two');
  });

  const pid = escale.pid('control-plane');

  await t.test('a step that leaves too little for others ends, and says why', async () => {
    const fill = 'i=0; while :; do i=$((i+1)); head -c 1000000 /dev/zero > f$i; done';
    await tree.commit({ ...shop('three', ['sh', '-c', fill]), 'large.bin': null });
    const { said } = await tree.push();
    assert.match(said, /✗ test .*the disk is nearly full/);
    assert.match(said, /pipeline run 3 failed: test failed/);
    assert.equal(await escale.body(HOST), 'two');
  });

  await t.test(
    'the disk is full in the middle of a step: the run ends with the reason, what runs runs on',
    async () => {
      await tree.commit(shop('four', ['sh', '-c', 'echo begun; sleep 600']));
      const pushing = tree.push();
      await escale.start(['pipeline', 'logs', '4']).until(/begun/);
      leave(0, ballast);
      const { said } = await pushing;
      assert.match(said, /✗ test .*the disk is nearly full/);
      assert.equal(await escale.body(HOST), 'two');
      rmSync(ballast);
    },
  );

  await t.test('and the next push is delivered', async () => {
    await tree.commit(shop('five'));
    assert.match((await tree.push()).said, /staging: promoted/);
    assert.equal(await escale.body(HOST), 'five');
    assert.equal(escale.pid('control-plane'), pid);
  });
});
