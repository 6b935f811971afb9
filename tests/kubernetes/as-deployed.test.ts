import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { startOverCluster } from './escale-over.ts';

const KUBECTL = {
  skip: spawnSync('kubectl', ['version', '--client']).status === 0 ? false : 'no kubectl is on the PATH',
};

/** kubectl sends the selector of a PodDisruptionBudget again each time, of its own ones too; nothing comes of it. */
const isChanged = (line: string) =>
  !/ unchanged/.test(line) && !line.startsWith('poddisruptionbudget.policy/');

test('to kubectl, what runs is what is rendered', KUBECTL, async (t) => {
  const { escale, cluster, system } = await startOverCluster(t);
  const hello = system('says-hello');
  const namespace = `${hello.name}-production`;
  const kubectl = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync('kubectl', words, {
      encoding: 'utf8',
      cwd: escale.folder,
    });
    return { status, stdout, stderr };
  };
  const deploy = () => escale.must(['deploy', '-e', 'production', hello.folder]);
  const render = async (...words: string[]) => {
    const output = path.join(escale.folder, 'rendered');
    await escale.must(['render', 'kubernetes', ...words, '-e', 'production', '--output', output, '--force']);
    const folder = path.join(output, 'deploy', hello.name, 'kubernetes');
    return words.includes('--deployed')
      ? path.join(folder, 'deployed', 'production')
      : path.join(folder, 'environments', 'production');
  };
  const versions = async () => {
    const kinds = [
      ['v1', 'Service'],
      ['apps/v1', 'Deployment'],
      ['networking.k8s.io/v1', 'NetworkPolicy'],
      ['policy/v1', 'PodDisruptionBudget'],
    ];
    const lists = await Promise.all(
      kinds.map(([apiVersion, kind]) =>
        cluster.list({ apiVersion: apiVersion!, kind: kind! }, { namespace }),
      ),
    );
    return lists.flatMap(({ items }) =>
      items.map(
        ({ kind, metadata }) =>
          `${kind} ${metadata.name} ${(metadata as { generation?: number }).generation}`,
      ),
    );
  };
  const saysUnchanged = (folder: string) => {
    for (const words of [
      ['apply', '--dry-run=server', '-k', folder],
      ['apply', '-k', folder],
    ]) {
      const { status, stdout, stderr } = kubectl(...words);
      assert.equal(status, 0, stderr);
      assert.equal(stderr, '');
      const lines = stdout.trim().split('\n');
      assert.ok(lines.length > 5, stdout);
      assert.deepEqual(lines.filter(isChanged), [], stdout);
    }
    const ssa = ['--server-side', '--field-manager=escale'];
    const applied = kubectl('apply', ...ssa, '--dry-run=server', '-k', folder);
    assert.deepEqual([applied.status, applied.stderr], [0, '']);
    for (const words of [[], ssa]) {
      const diff = kubectl('diff', ...words, '-k', folder);
      assert.deepEqual(diff, { status: 0, stdout: '', stderr: '' });
    }
  };

  await t.test('of a release and of the next one', async () => {
    await deploy();
    saysUnchanged(await render(hello.name, '--deployed'));
    hello.edit('server.ts', (text) => `${text}\n// changed\n`);
    await deploy();
    const before = await versions();
    saysUnchanged(await render(hello.folder, '--deployed'));
    assert.deepEqual(await versions(), before);
    const { drift } = await escale.systemView(hello.name);
    assert.deepEqual(drift.found, []);
    await escale.must(['restart', '-e', 'production', hello.name]);
  });

  await t.test('kubectl scale is drift; after it is undone Escale goes on', async () => {
    const web = ['deployment/web', '-n', namespace];
    const change = (replicas: number) => kubectl('scale', ...web, `--replicas=${replicas}`);
    assert.equal(change(3).status, 0);
    const { output } = await escale.run(['restart', '-e', 'production', hello.name]);
    assert.match(output, /holds \.spec\.replicas/);
    assert.equal(change(2).status, 0);
    hello.edit('server.ts', (text) => `${text}\n// changed again\n`);
    await deploy();
  });

  await t.test('files that are applied by hand are unchanged the second time', async () => {
    await escale.must(['down', '-e', 'production', hello.name]);
    const folder = await render(hello.folder, '--routing', 'node-port');
    const first = kubectl('apply', '-k', folder);
    assert.equal(first.status, 0, first.stderr);
    const second = kubectl('apply', '--dry-run=server', '-k', folder);
    assert.deepEqual(second.stdout.trim().split('\n').filter(isChanged), []);
    assert.equal(kubectl('delete', '-k', folder, '--wait=false').status, 0);
  });
});
