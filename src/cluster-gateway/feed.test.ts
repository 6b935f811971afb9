import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Traffic } from '../core/contracts/index.ts';
import type { GatewayRules } from '../core/kubernetes/index.ts';
import { HttpCluster } from '../engines/kubernetes/index.ts';
import { ApiServer, type StoredObject } from '../engines/kubernetes/testing/index.ts';
import { connectGateway, type Gateway, startGateway } from '../gateway/index.ts';
import { Feed } from './feed.ts';

const NAMESPACE = 'shop-production';
const RULES: GatewayRules = {
  ...{ system: 'shop', environment: 'production' },
  routes: [{ host: 'shop.test', prefix: '/', service: 'web' }],
  services: {
    web: {
      drain: { requestsMs: 1000, upgradesMs: 1000 },
      hold: { timeoutMs: 5000, max: 10 },
      responseTimeoutMs: 5000,
    },
  },
};

interface Fed {
  gateway: Gateway;
  traffic: Traffic;
  said: string[];
}

/** A gateway that follows the cluster, its table in `folder`. */
async function fed(t: TestContext, server: ApiServer, folder: string): Promise<Fed> {
  const controlSocket = path.join(folder, `${Date.now()}.sock`);
  const tableFile = path.join(folder, 'table.json');
  const gateway = await startGateway({ http: { port: 0 }, controlSocket, tableFile });
  const traffic = connectGateway({ controlSocket, retryMs: 10 });
  const cluster = new HttpCluster(() => server.access);
  const said: string[] = [];
  const feed = new Feed({
    ...{ cluster, traffic, namespace: NAMESPACE, name: 'gateway' },
    log: (_, message) => said.push(message),
  });
  t.after(async () => {
    feed.close();
    cluster.close();
    traffic.close();
    await gateway.close();
  });
  return { gateway, traffic, said };
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cluster-gateway-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function serverFor(t: TestContext): Promise<ApiServer> {
  const server = await ApiServer.start();
  t.after(() => server.close());
  return server;
}

/** Answers with its name. */
async function pod(t: TestContext, name: string): Promise<{ name: string; port: number }> {
  const server = http.createServer((_, response) => response.end(name));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { name, port: (server.address() as AddressInfo).port };
}

function putRules(server: ApiServer, text: string, name = 'gateway'): void {
  const metadata = { name, namespace: NAMESPACE } as StoredObject['metadata'];
  server.store.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'rules.json': text } });
}

/** One slice for each: pods of this test differ by their ports. */
function putPod(server: ApiServer, { name, port }: { name: string; port: number }, conditions = {}): void {
  const labels = { 'kubernetes.io/service-name': 'web' };
  const metadata = { name, namespace: NAMESPACE, labels } as unknown as StoredObject['metadata'];
  server.store.put({
    ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4' },
    endpoints: [{ addresses: ['127.0.0.1'], conditions, targetRef: { kind: 'Pod', name } }],
    ports: [{ name: 'http', port }],
  });
}

async function ask({ gateway }: Fed): Promise<string> {
  const { port } = gateway.addresses[0]!;
  const headers = { host: 'shop.test', connection: 'close' };
  return new Promise((resolve, reject) => {
    const request = http.get({ port, headers, agent: false }, async (answer) => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      resolve(answer.statusCode === 200 ? text : String(answer.statusCode));
    });
    request.once('error', reject);
  });
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) assert.fail(`it never came: ${what}`);
    await pause(10);
  }
}

function untilAnsweredBy(one: Fed, name: string): Promise<void> {
  return until(`answered by ${name}`, async () => (await ask(one)) === name);
}

test('requests go to the pods that are there now; one that goes gets no more of them', async (t) => {
  const server = await serverFor(t);
  putRules(server, '{"another": "map"}', 'another');
  putRules(server, JSON.stringify(RULES));
  const [one, two] = [await pod(t, 'one'), await pod(t, 'two')];
  putPod(server, one, { ready: false });
  const gateway = await fed(t, server, folderFor(t));
  await until('there is a table', () => gateway.gateway.tableVersion > 0);
  const waiting = ask(gateway);
  putPod(server, one, { ready: true });
  assert.equal(await waiting, 'one');
  putPod(server, two);
  await untilAnsweredBy(gateway, 'two');
  putPod(server, one, { ready: false, serving: true, terminating: true });
  await new Promise<void>((resolve) =>
    gateway.traffic.onEvent((event) => event.type === 'drained' && resolve()),
  );
  for (let count = 0; count < 5; count++) assert.equal(await ask(gateway), 'two');
});

test('while the cluster does not answer, the last table is in force, also for one that starts again', async (t) => {
  const server = await serverFor(t);
  putRules(server, JSON.stringify(RULES));
  putPod(server, await pod(t, 'one'));
  const folder = folderFor(t);
  const first = await fed(t, server, folder);
  await untilAnsweredBy(first, 'one');
  await until('its table is kept', () => existsSync(path.join(folder, 'table.json')));
  server.fault = () => ({ status: 503 });
  server.dropWatches();
  const second = await fed(t, server, folder);
  assert.equal(await ask(first), 'one');
  assert.equal(await ask(second), 'one');
  await until('it is said', () => second.said.length > 0);
  const other = await pod(t, 'other');
  putPod(server, other);
  server.fault = () => null;
  await untilAnsweredBy(second, 'other');
  await untilAnsweredBy(first, 'other');
  assert.match(second.said.join('\n'), /the last table is in force\nthe cluster answers again/);
});

test('rules that are damaged leave the former in force', async (t) => {
  const server = await serverFor(t);
  putRules(server, JSON.stringify(RULES));
  putPod(server, await pod(t, 'one'));
  const gateway = await fed(t, server, folderFor(t));
  await untilAnsweredBy(gateway, 'one');
  putRules(server, '{"system": 7');
  putPod(server, await pod(t, 'two'));
  await untilAnsweredBy(gateway, 'two');
  assert.ok(gateway.said.some((message) => /no rules that can be read/.test(message)));
});
