import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { test } from 'node:test';
import { namespaceOf } from '../../src/core/kubernetes/index.ts';
import { HttpCluster } from '../../src/engines/kubernetes/index.ts';
import { copySystem } from '../copy-system.ts';
import { startEscale } from '../e2e/escale.ts';
import { edit } from '../e2e/tasks-repository.ts';
import { waitFor } from '../e2e/wait.ts';
import { currentContext, removeNamespace, testAccess, testRegistry } from './cluster.ts';

/** Ports of nodes can't cut prefixes off: each routed service has a name of its own. */
const ROUTES = `routes: { 'tasks.localhost': 'web', 'api.localhost': 'api' },
  environments: { production: { target: 'prod' } },`;
const PATIENCE_MS = 120_000;

test('tasks on an empty cluster: its database is Escale’s own, loses nothing with its pod, and is looked into', async (t) => {
  const name = `tasks-${randomBytes(3).toString('hex')}`;
  const namespace = namespaceOf(name, 'production');
  const escale = await startEscale(t);
  t.after(() => removeNamespace(namespace));
  const cluster = new HttpCluster(testAccess);
  t.after(() => cluster.close());
  const folder = copySystem('tasks', path.join(escale.folder, 'repository'));
  edit(path.join(folder, 'escale.config.ts'), [
    [/name: 'tasks'/, `name: '${name}'`],
    [/routes: \{.*\},/, ROUTES],
  ]);
  const { registry, repository, plainHttp } = testRegistry();
  const place = ['--registry', `${registry}/${repository}`, ...(plainHttp ? ['--plain-http'] : [])];
  await escale.must(['up', '--detach', escale.system('says-hello').folder]);
  const ways = ['--routing', 'node-port', '--storage', '1Gi'];
  await escale.must(['target', 'add', 'prod', `kubernetes://${currentContext()}`, ...place, ...ways]);
  // Commands of tests are ended after a while; the first images may take longer, and the rollout goes on.
  const deployed = await escale.run(['deploy', '-e', 'production', folder]);
  assert.notEqual(deployed.code, 1, deployed.output);
  const isUp = async () => {
    const { services } = await escale.systemView(name);
    return services.length === 3 && services.every(({ ready, wanted }) => wanted > 0 && ready === wanted);
  };
  await waitFor('release 1 runs', isUp, PATIENCE_MS);

  const todos = `${(await escale.service(name, 'api')).addresses[0]}todos`;
  const pod = { apiVersion: 'v1', kind: 'Pod', namespace, name: 'db-0' };
  const uid = async () => (await cluster.get(pod))?.metadata.uid;
  const titles = async () => {
    const answer = await fetch(todos).catch(() => null);
    if (answer?.status !== 200) return null;
    return ((await answer.json()) as { title: string }[]).map(({ title }) => title);
  };
  const write = (title: string) => {
    const headers = { 'content-type': 'application/json' };
    return fetch(todos, { method: 'POST', headers, body: JSON.stringify({ title }) });
  };
  await waitFor('it is reached', titles, PATIENCE_MS);
  assert.equal((await write('kept')).status, 201);
  const image = (await cluster.get(pod))?.spec as { containers: { image: string }[] };
  assert.match(image.containers[0]!.image, /\/postgres@sha256:[0-9a-f]{64}$/);

  await t.test('its pod goes: the rows are there again', async () => {
    const before = await uid();
    await cluster.delete(pod);
    await waitFor(
      'another one has come',
      async () => ![undefined, before].includes(await uid()),
      PATIENCE_MS,
    );
    await waitFor('the rows are there', async () => (await titles())?.join() === 'kept', PATIENCE_MS);
  });

  await t.test('another release leaves the database alone', async () => {
    const before = await uid();
    await escale.must(['restart', `${name}/weather`, '-e', 'production']);
    await escale.must(['deploy', '-e', 'production', folder]);
    assert.equal(await uid(), before);
  });

  await t.test('it is looked into and copied', async () => {
    const words = [name, '-e', 'production'];
    const { stdout } = await escale.must([
      'db',
      ...words,
      '--json',
      '-c',
      'SELECT current_user, title FROM todos',
    ]);
    assert.deepEqual((JSON.parse(stdout) as { rows: string[][] }).rows, [['escale_reader', 'kept']]);
    const refused = await escale.run(['db', ...words, '-c', 'DELETE FROM todos']);
    assert.match(refused.output, /read-only transaction/);
    await escale.must(['backup', ...words]);
    const listed = await escale.must(['backup', ...words, '--list']);
    assert.match(listed.output, /\d{8}T\d{6}Z/);
    const back = await escale.run(['restore', ...words, 'latest']);
    assert.match(back.output, /can’t be brought back/);
    assert.equal(back.code, 1);
  });

  await escale.must(['down', name, '-e', 'production', '--delete-data', '--yes']);
  const claims = await cluster.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, { namespace });
  const left = claims.items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  assert.deepEqual(left, []);
});
