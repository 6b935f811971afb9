import assert from 'node:assert/strict';
import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { waitFor } from '../e2e/escale.ts';
import { Asking, addressOf, startOverCluster } from './escale-over.ts';

const FILE = (name: string) => `name: ${name}
services:
  web: {source: ./web, command: node server.ts, port: true, replicas: 3, health: {ready: /readyz}, start: {deadline: 20s}, stop: {drain: 2s}}
  keeper: {source: ./keeper, command: node main.ts, port: true, volume: true, health: {ready: /}, start: {deadline: 20s}, stop: {drain: 2s, grace: 5s}}
  agent: {source: ./agent, command: node main.ts, port: true, spread: every-node, health: {ready: /}, start: {deadline: 20s}, stop: {drain: 2s}}
routes:
  ${name}.localhost: web
  keeper.${name}.localhost: keeper
  agent.${name}.localhost: agent
environments:
  production: {target: prod}
`;
const KEEPER = `import fs from 'node:fs';
import http from 'node:http';
fs.appendFileSync(process.env.DATA_DIR + '/starts', process.env.ESCALE_RELEASE + ' ');
const server = http.createServer((_, response) => response.end(fs.readFileSync(process.env.DATA_DIR + '/starts')));
server.listen(Number(process.env.PORT), process.env.HOST);
process.once('SIGTERM', () => server.close(() => process.exit(0)));
`;
const AGENT = `import http from 'node:http';
const server = http.createServer((_, response) => response.end(process.env.ESCALE_RELEASE));
server.listen(Number(process.env.PORT), process.env.HOST);
process.once('SIGTERM', () => server.close(() => process.exit(0)));
`;

test('a service with a folder and one on every node, beside one with replicas', async (t) => {
  const { escale, cluster, system } = await startOverCluster(t, ['--storage', '64Mi']);
  const kinds = system('says-hello');
  const { name } = kinds;
  const namespace = `${name}-production`;
  kinds.write('escale.yaml', FILE(name));
  for (const service of ['web', 'keeper', 'agent']) mkdirSync(path.join(kinds.folder, service));
  for (const file of ['server.ts', 'version.txt'])
    renameSync(path.join(kinds.folder, file), path.join(kinds.folder, 'web', file));
  kinds.write('keeper/main.ts', KEEPER);
  kinds.write('agent/main.ts', AGENT);
  const deploy = ['deploy', '-e', 'production', kinds.folder];
  const podsOf = async (service: string) => {
    const labels = { 'app.kubernetes.io/name': service };
    const { items } = await cluster.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labels });
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  };
  const nodesOf = async (service: string) =>
    new Set((await podsOf(service)).map(({ spec }) => (spec as { nodeName: string }).nodeName));
  const { items: nodes } = await cluster.list({ apiVersion: 'v1', kind: 'Node' }, {});
  await escale.must(deploy);

  await t.test('each kind is what it should be, and pods are apart', async () => {
    const kindsOf = async (apiKind: string) =>
      (await cluster.list({ apiVersion: 'apps/v1', kind: apiKind }, { namespace })).items.map(
        ({ metadata }) => metadata.name,
      );
    assert.deepEqual(await Promise.all(['Deployment', 'StatefulSet', 'DaemonSet'].map(kindsOf)), [
      ['web'],
      ['keeper'],
      ['agent'],
    ]);
    assert.equal((await nodesOf('web')).size, Math.min(3, nodes.length));
    assert.equal((await podsOf('agent')).length, nodes.length);
    assert.equal((await nodesOf('agent')).size, nodes.length);
    assert.equal((await escale.systemView(name)).state, 'ready');
    assert.equal(await (await fetch(await addressOf(escale, name, 'keeper'))).text(), '1 ');
  });

  await t.test(
    'an update replaces all of them; the folder stays, and nobody else loses a request',
    async () => {
      const asking = [
        new Asking(await addressOf(escale, name)),
        new Asking(await addressOf(escale, name, 'agent')),
      ];
      for (const file of ['web/server.ts', 'keeper/main.ts', 'agent/main.ts'])
        kinds.edit(file, (text) => `${text}\n// changed\n`);
      await escale.must(deploy);
      const asked = await Promise.all(asking.map((each) => each.stop()));
      for (const { done, failures } of asked) console.log(`# ${failures.length} of ${done} requests failed`);
      assert.deepEqual(
        asked.flatMap(({ failures }) => failures),
        [],
      );
      assert.equal(await (await fetch(await addressOf(escale, name, 'keeper'))).text(), '1 2 ');
      assert.equal((await nodesOf('agent')).size, nodes.length);
      assert.equal((await nodesOf('web')).size, Math.min(3, nodes.length));
    },
  );

  await t.test(
    'one on every node that crashes is told with its pod; the others serve on, and it returns',
    async () => {
      const asking = [
        new Asking(await addressOf(escale, name)),
        new Asking(await addressOf(escale, name, 'agent')),
      ];
      kinds.write('agent/main.ts', `process.exit(7);\n${AGENT}`);
      const { code, output } = await escale.run(deploy);
      assert.equal(code, 1, output);
      assert.match(output, /agent-\w+: exited with code 7.*; release 2 runs on/);
      assert.deepEqual(
        (await Promise.all(asking.map((each) => each.stop()))).flatMap(({ failures }) => failures),
        [],
      );
      await waitFor('it is whole', async () => (await escale.systemView(name)).state === 'ready');
      assert.equal((await podsOf('agent')).length, nodes.length);
    },
  );

  await t.test(
    'one with a folder that crashes is told with its pod, and the former one is back with its folder',
    async () => {
      kinds.edit('agent/main.ts', (text) => text.replace('process.exit(7);\n', ''));
      kinds.write('keeper/main.ts', `process.exit(7);\n${KEEPER}`);
      const { code, output } = await escale.run(deploy);
      assert.equal(code, 1, output);
      assert.match(output, /keeper-0\S*: exited with code 7.*; release 2 runs on/);
      await waitFor('it is whole', async () => (await escale.systemView(name)).state === 'ready');
      assert.equal(await (await fetch(await addressOf(escale, name, 'keeper'))).text(), '1 2 2 ');
    },
  );

  await t.test('the next deploy works; scaling what has no number is refused', async () => {
    kinds.write('keeper/main.ts', `${KEEPER}\n// mended\n`);
    const { output } = await escale.must(deploy);
    assert.match(output, /release 5 runs/);
    const agent = await escale.run(['scale', '-e', 'production', `${name}/agent=2`]);
    assert.match(agent.output, /agent has one instance on each machine/);
    const keeper = await escale.run(['scale', '-e', 'production', `${name}/keeper=2`]);
    assert.match(keeper.output, /keeps a volume/);
  });
});
