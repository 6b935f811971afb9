import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { HttpCluster } from './api/index.ts';
import { GatewayTraffic } from './gateway-traffic.ts';
import { Places } from './places.ts';
import { ApiServer, NAMESPACE, PLACE, type StoredObject } from './testing/index.ts';

function pod(server: ApiServer, name: string, component: string): void {
  const labels = { 'app.kubernetes.io/component': component, 'app.kubernetes.io/name': name };
  server.store.put({
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name, namespace: NAMESPACE, labels } as unknown as StoredObject['metadata'],
    spec: { containers: [{ name: component }] } as StoredObject['spec'],
  });
}

test('pods of the gateway are asked by way of the API, again and again; one that does not answer is left out', async (t) => {
  const server = await ApiServer.start();
  t.after(() => server.close());
  let count = 3;
  const metrics = http.createServer((request, response) => {
    assert.equal(request.url, '/metrics');
    response.end(`escale_gateway_http_requests_total{service="web",method="GET",status="200"} ${count}\n`);
  });
  await new Promise<void>((resolve) => metrics.listen(0, '127.0.0.1', resolve));
  t.after(() => metrics.close());
  server.podPort = (metrics.address() as AddressInfo).port;
  for (const name of ['gateway-a', 'gateway-b']) pod(server, name, 'gateway');
  pod(server, 'web-a', 'service');
  const cluster = new HttpCluster(() => server.access);
  t.after(() => cluster.close());
  const places = new Places(cluster, () => {});
  t.after(() => places.close());
  const place = places.of(PLACE);
  await place.watch.look();
  let tell = () => {};
  const traffic = new GatewayTraffic({
    ...{ cluster, places: () => places.all(), eachMs: 20 },
    onNews: () => tell(),
  });
  t.after(() => traffic.close());
  const until = async (requests: number) => {
    while (place.traffic.web?.requests !== requests)
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
  };
  await until(6);
  count = 5;
  await until(10);
  metrics.close();
  metrics.closeAllConnections();
  while (Object.keys(place.traffic).length > 0)
    await new Promise<void>((resolve) => {
      tell = resolve;
    });
});
