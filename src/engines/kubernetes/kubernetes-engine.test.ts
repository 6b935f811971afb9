import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Observation, wishDigest } from '../../core/contracts/index.ts';
import { judge } from '../../core/rollout/index.ts';
import type { KubernetesEngine } from './kubernetes-engine.ts';
import { ApiServer, engineOn, inShort, NAMESPACE, PLACE, planOf, setOf, wishOf } from './testing/index.ts';

const WEB = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: NAMESPACE, name: 'web' };

let server: ApiServer;
let engine: KubernetesEngine;

beforeEach(async () => {
  server = await ApiServer.start();
  engine = engineOn(server);
});
afterEach(async () => {
  engine.close();
  await server.close();
});

/** Waits until what is seen is so. */
async function until(fits: (seen: Observation) => boolean, of = engine): Promise<Observation> {
  let seen = 0;
  for (let tries = 0; tries < 100; tries++) {
    const observation = await of.observe();
    if (fits(observation)) return observation;
    seen = await of.changed(seen, 200);
  }
  assert.fail(`it never came: ${JSON.stringify(await of.observe(), null, 1)}`);
}
const shows =
  (...expected: string[]) =>
  (seen: Observation) =>
    JSON.stringify(inShort(seen.instances)) === JSON.stringify(expected);
const isAt = (fate: object | string) => (pod: { metadata: { annotations?: Record<string, string> } }) =>
  (pod.metadata.annotations?.['escale/rollout'] === '2' ? fate : 'ready') as never;

test('a wish is brought about, and held by its digest', async () => {
  const wish = wishOf([setOf(1)], { routes: [{ host: 'shop.test', prefix: '/', service: 'web' }] });
  await engine.apply(wish);
  const { instances, sets, services } = await until(shows('web 1 ready', 'web 1 ready'));
  assert.deepEqual(instances[0]!.port, 8000);
  assert.deepEqual(
    sets.map(({ failures, lastFailure }) => [failures, lastFailure]),
    [[0, null]],
  );
  assert.deepEqual(services[0]!.internalUrl, 'http://web.shop-production');
  assert.deepEqual(await engine.wishes(), [{ ...PLACE, digest: wishDigest(wish) }]);
  const [pod] = server.store.all('Pod', NAMESPACE);
  assert.match(JSON.stringify(pod!.spec), /registry.test\/web@artifact-1/);
});

test('a rollout goes from set to set; the return to the former one finds its pods again', async () => {
  await engine.apply(wishOf([setOf(1)]));
  await until(shows('web 1 ready', 'web 1 ready'));
  server.kubelet.fate = isAt({ exits: 5 });
  await engine.apply(wishOf([setOf(1), setOf(2)]));
  const seen = await until(({ sets }) => sets.some(({ failures }) => failures >= 3));
  assert.deepEqual(inShort(seen.instances), ['web 1 ready', 'web 1 ready', 'web 2 pending']);
  const failing = seen.sets.find(({ rollout }) => rollout === 2)!;
  assert.match(failing.lastFailure!.instance, /^web-/);
  assert.equal(failing.lastFailure!.reason, 'exited with code 5');
  assert.equal(failing.backoffMs, 40_000);
  const before = seen.instances.filter(({ rollout }) => rollout === 1).map(({ id }) => id);
  await engine.apply(wishOf([setOf(1)]));
  const after = await until(shows('web 1 ready', 'web 1 ready'));
  assert.deepEqual(after.instances.map(({ id }) => id).sort(), before.sort());
});

test('a good rollout leaves the new set alone, and never fewer than wanted', async () => {
  await engine.apply(wishOf([setOf(1)]));
  await until(shows('web 1 ready', 'web 1 ready'));
  await engine.apply(wishOf([setOf(1), setOf(2)]));
  await until(shows('web 2 ready', 'web 2 ready'));
  await engine.apply(wishOf([setOf(2)]));
  assert.deepEqual(
    (await engine.observe()).sets.map(({ rollout }) => rollout),
    [2],
  );
});

const BAD: [string, object, RegExp, number][] = [
  [
    'an image that is not there',
    { noImage: 'failed to pull: registry.test/web: not found' },
    /^its image can’t be had: ImagePullBackOff: .*not found/,
    3,
  ],
  ['a registry that is away', { noImage: 'failed to pull: connection refused' }, /connection refused/, 1],
  [
    'no room on any node',
    { noRoom: '0/3 nodes are available: 3 Insufficient memory.' },
    /^no node takes it: 0\/3 nodes/,
    0,
  ],
];
for (const [name, fate, reason, failures] of BAD)
  test(`${name} is told with pod and reason`, async () => {
    server.kubelet.fate = isAt(fate);
    await engine.apply(wishOf([setOf(2)]));
    const { sets } = await until((seen) => seen.sets[0]?.lastFailure != null);
    assert.match(sets[0]!.lastFailure!.instance, /^web-/);
    assert.match(sets[0]!.lastFailure!.reason, reason);
    assert.equal(sets[0]!.failures >= failures, true);
    const start = { kind: 'start', service: 'web', release: 2, index: 2, of: 2 } as const;
    const evidence = {
      ...{
        ready: 0,
        total: 2,
        failures: sets[0]!.failures,
        lastFailure: sets[0]!.lastFailure,
        formerLeft: 0,
      },
      ...{
        waitedMs: sets[0]!.patienceMs! + 2001,
        deadlineMs: sets[0]!.patienceMs!,
        resource: null,
        run: null,
      },
    };
    assert.equal(judge(start, evidence).state, 'failed');
  });

test('a quota that is too small is told, though there is no pod', async () => {
  await engine.apply(wishOf([setOf(1)]));
  await until(shows('web 1 ready', 'web 1 ready'));
  server.controllers.quota = 2;
  await engine.apply(wishOf([setOf(1), setOf(2)]));
  const { sets } = await until((seen) => seen.sets.some(({ lastFailure }) => lastFailure !== null));
  const failing = sets.find(({ rollout }) => rollout === 2)!;
  assert.equal(failing.lastFailure!.instance, 'web');
  assert.match(failing.lastFailure!.reason, /exceeded quota/);
});

test('a volume that can’t be had is told with its claim; asked for otherwise, it is had, and what has one keeps it', async () => {
  const files = setOf(1, { service: 'files', count: 1, plan: planOf('f', { volume: true }) });
  const old = setOf(1, { service: 'old', count: 1, plan: planOf('o', { volume: true }) });
  await engine.apply(wishOf([old]));
  await until(shows('old 1 ready'));
  const [kept] = server.store.all('Pod', NAMESPACE);
  server.controllers.hasVolume = ({ spec }) => spec.storageClassName !== 'nowhere';
  server.kubelet.fate = ({ metadata: { name } }) =>
    name === 'files-0' &&
    server.store
      .all('PersistentVolumeClaim')
      .some(({ metadata, status }) => metadata.name === 'data-files-0' && status!.phase === 'Pending')
      ? { noRoom: 'pod has unbound immediate PersistentVolumeClaims' }
      : 'ready';
  const wrong = engineOn(server, { storageClass: 'nowhere' });
  await wrong.apply(wishOf([old, files]));
  server.store.put({
    ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: 'e1', namespace: NAMESPACE } },
    ...{ reason: 'ProvisioningFailed', message: 'storageclass "nowhere" not found', type: 'Warning' },
    involvedObject: { kind: 'PersistentVolumeClaim', name: 'data-files-0' },
  } as never);
  const ofFiles = (seen: Observation) => seen.sets.find(({ service }) => service === 'files')?.lastFailure;
  const seen = await until((now) => /claim/.test(ofFiles(now)?.reason ?? ''), wrong);
  assert.equal(
    ofFiles(seen)!.reason,
    'its volume can’t be had: claim data-files-0: storageclass "nowhere" not found',
  );
  await engine.apply(wishOf([old, files]));
  await until(shows('files 1 ready', 'old 1 ready'));
  const pods = server.store.all('Pod', NAMESPACE);
  assert.equal(pods.find(({ metadata }) => metadata.name === 'old-0')!.metadata.uid, kept!.metadata.uid);
  await engine.remove(PLACE.system, PLACE.environment);
  const claims = server.store.all('PersistentVolumeClaim', NAMESPACE);
  assert.deepEqual(claims.map(({ metadata }) => metadata.name).sort(), ['data-files-0', 'data-old-0']);
  wrong.close();
});

test('what is no more wished goes, and what is not Escale’s stays', async () => {
  await engine.apply(wishOf([setOf(1), setOf(1, { service: 'old' })]));
  await until((seen) => seen.instances.length === 4);
  const foreign = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'theirs', namespace: NAMESPACE, labels: {} },
  };
  server.store.put(foreign as never);
  await engine.apply(wishOf([setOf(1)]));
  await until(shows('web 1 ready', 'web 1 ready'));
  await engine.apply(wishOf([setOf(1)]));
  const names = ['Deployment', 'Service', 'NetworkPolicy', 'ServiceAccount', 'ConfigMap'].map((kind) =>
    server.store.all(kind, NAMESPACE).map(({ metadata }) => metadata.name),
  );
  assert.deepEqual(names, [['web'], ['web'], ['default-deny', 'web'], ['web'], ['theirs']]);
});

test('an engine that is killed between any two requests is followed by one that finishes', async () => {
  const former = wishOf([setOf(1)]);
  const wish = wishOf([setOf(1), setOf(2), setOf(2, { service: 'api' })], {
    resources: [{ name: 'db', type: 'postgres', external: null }],
  });
  await engine.apply(former);
  const asked = server.asked.length;
  await engine.apply(wish);
  const requests = server.asked.length - asked;
  assert.ok(requests > 20, `${requests}`);
  for (let killedAfter = 1; killedAfter < requests; killedAfter += 3) {
    await engine.apply(former);
    let left = killedAfter;
    server.fault = ({ method }) =>
      (method === 'PATCH' || method === 'DELETE' || method === 'POST') && left-- <= 0
        ? { status: 422 }
        : null;
    await engine.apply(wish).catch(() => {});
    server.fault = () => null;
    const next = engineOn(server);
    const [held] = await next.wishes();
    assert.notEqual(held!.digest, left < 0 ? wishDigest(wish) : null);
    await next.apply(wish);
    assert.deepEqual(await next.wishes(), [{ ...PLACE, digest: wishDigest(wish) }]);
    await until(({ resources }) => resources[0]?.state === 'ready', next);
    next.close();
  }
});

test('a field that somebody else has changed is drift: told, or taken back', async () => {
  const wish = wishOf([setOf(1)]);
  await engine.apply(wish);
  server.edit(
    WEB,
    (object) => {
      object.spec!.replicas = 5;
    },
    'kubectl-scale',
  );
  const strays = await engine.strayed(PLACE);
  assert.deepEqual(strays, [
    {
      kind: 'changed',
      service: 'web',
      message: 'spec.replicas of Deployment web is 5, and not 2 (kubectl-scale)',
    },
  ]);
  assert.equal((await engine.wishes())[0]!.digest, wishDigest(wish));
  await assert.rejects(engine.apply(wish), {
    code: 'cluster-conflict',
    message: 'apply Deployment web: kubectl-scale holds .spec.replicas',
  });
  const repairing = engineOn(server, { repairs: true });
  assert.equal((await repairing.wishes())[0]!.digest, null);
  await repairing.apply(wish);
  assert.equal((await repairing.wishes())[0]!.digest, wishDigest(wish));
  assert.equal(server.store.get(WEB)!.spec!.replicas, 2);
  repairing.close();
});

test('a number becomes an autoscaler’s and Escale’s again, and is never another one meanwhile', async () => {
  const replicas = () => server.store.get(WEB)!.spec!.replicas;
  const numbers = new Set<number>();
  await engine.apply(wishOf([setOf(1, { count: 3 })]));
  server.store.onChange(({ object }) => object.kind === 'Deployment' && numbers.add(object.spec!.replicas));
  const plan = planOf('scaled', { scaling: { min: 3, max: 6, cpu: 0.7 } });
  const scaled = wishOf([setOf(2, { count: 3, plan })]);
  await engine.apply(scaled);
  assert.deepEqual([...numbers], [3]);
  server.edit(
    WEB,
    (object) => {
      object.spec!.replicas = 5;
    },
    'kube-controller-manager',
  );
  await engine.apply(scaled);
  assert.equal(replicas(), 5);
  assert.deepEqual(await engine.strayed(PLACE), []);
  await engine.apply(wishOf([setOf(3, { count: 4 })]));
  assert.equal(replicas(), 4);
  await until(shows('web 3 ready', 'web 3 ready', 'web 3 ready', 'web 3 ready'));
  await engine.apply(wishOf([setOf(3, { count: 4 })]));
  assert.deepEqual(server.store.all('HorizontalPodAutoscaler', NAMESPACE), []);
});

test('an object that was taken away comes again', async () => {
  const wish = wishOf([setOf(1)]);
  await engine.apply(wish);
  server.store.remove(server.store.get(WEB)!);
  assert.equal((await engine.wishes())[0]!.digest, null);
  await engine.apply(wish);
  await until(shows('web 1 ready', 'web 1 ready'));
});

test('secrets are in Secrets of their versions, and addresses of databases with them', async () => {
  const plan = planOf('a', {
    env: { KEY: 'k ${secret.KEY}' },
    secrets: { KEY: 3 },
    resources: [{ resource: 'old', prefix: '', external: true }],
  });
  const old = {
    name: 'old',
    type: 'postgres',
    external: 'postgres://u:${secret.PASSWORD}@db.test/old',
    secrets: { PASSWORD: 4 },
  };
  await engine.apply(wishOf([setOf(1, { plan })], { resources: [old] }));
  const secrets = server.store.all('Secret', NAMESPACE).map(({ metadata, data }) => {
    const values = Object.entries((data ?? {}) as Record<string, string>);
    return [metadata.name, ...values.map(([key, value]) => `${key}: ${Buffer.from(value, 'base64')}`)];
  });
  const [own] = secrets.filter(([name]) => name!.startsWith('secrets-'));
  assert.deepEqual(own!.slice(1), ['KEY: value of KEY 3']);
  const [address] = secrets.filter(([name]) => name === 'old-address');
  assert.match(address![1]!, /^url: postgres:\/\/u:value%20of%20PASSWORD%204@db.test\/old$/);
  const web = JSON.stringify(server.store.get(WEB)!.spec);
  assert.ok(web.includes(own![0]!) && !web.includes('value of'));
});

test('a job runs once, and says how it ended', async () => {
  const run = {
    ...{ id: 'rollout-7-migrate', ...PLACE, job: 'migrate', release: 7, timeoutMs: 20_000 },
    plan: { ...planOf('job'), port: false },
  };
  server.kubelet.fate = () => ({ exits: 3 });
  await engine.run(run);
  await engine.run(run);
  const { runs } = await until((seen) => seen.runs[0]?.endedAt != null);
  assert.deepEqual(
    runs.map(({ id, job, release, state, reason, exitCode }) => ({
      id,
      job,
      release,
      state,
      reason,
      exitCode,
    })),
    [{ id: run.id, job: 'migrate', release: 7, state: 'failed', reason: 'exited with code 3', exitCode: 3 }],
  );
  assert.equal(server.store.all('Job', NAMESPACE).length, 1);
  const next = engineOn(server);
  assert.equal((await next.observe()).runs[0]?.id, run.id);
  next.close();
  await engine.forgetRun(run.id);
  assert.deepEqual((await engine.observe()).runs, []);
});

test('a database of Escale’s own image: it is brought when one is needed, and whoever comes next knows it', async () => {
  engine.close();
  engine = engineOn(server, { postgres: null });
  const elsewhere = { name: 'db', type: 'postgres', external: 'postgres://u:p@db.test/app' };
  await engine.apply(wishOf([setOf(1)], { resources: [elsewhere] }));
  assert.deepEqual(server.store.all('StatefulSet', NAMESPACE), []);
  const wish = wishOf([setOf(1)], { resources: [{ name: 'db', type: 'postgres', external: null }] });
  await engine.apply(wish);
  await until(({ resources }) => resources[0]?.state === 'ready');
  const [pod] = server.store.all('Pod', NAMESPACE).filter(({ metadata }) => metadata.name === 'db-0');
  assert.equal((pod!.spec!.containers[0] as { image?: string }).image, 'registry.test/postgres@made');
  const next = engineOn(server, { postgres: null });
  assert.deepEqual(await next.strayed(PLACE), []);
  assert.deepEqual(await next.wishes(), [{ ...PLACE, digest: wishDigest(wish) }]);
  const way = await next.databaseWay(PLACE, 'db');
  assert.match(way.passwords.owner, /^[0-9a-f]{48}$/);
  assert.notEqual(way.passwords.owner, way.passwords.superuser);
  await assert.rejects(next.databaseWay(PLACE, 'other'), { code: 'database-away' });
  next.close();
});

test('an instance that is the only one keeps its name until its processes have ended', async () => {
  await engine.apply(wishOf([setOf(1)], { resources: [{ name: 'db', type: 'postgres', external: null }] }));
  const seen = await until(({ resources }) => resources[0]?.state === 'ready');
  const told: string[] = [];
  server.store.onChange(({ type, object }) => {
    const name = object.metadata.name.split('-')[0]!;
    if (
      object.kind === 'Pod' &&
      type !== 'ADDED' &&
      (type === 'DELETED' || object.metadata.deletionTimestamp)
    )
      told.push(`${name} ${type}`);
  });
  await engine.kill(seen.instances.find(({ service }) => service === 'web')!.id);
  assert.deepEqual(told, ['web DELETED']);
  await engine.kill(seen.resources[0]!.instance!);
  assert.equal(told[1], 'db MODIFIED');
});

test('releases are recorded with their images, those that are kept; all go at the end', async () => {
  const record = (release: number, more = {}) => ({
    ...{
      release,
      commit: 'c0ffee',
      madeAt: 0,
      beganAt: 1000,
      endedAt: 2000,
      verdict: 'promoted',
      reason: '',
    },
    ...{ programs: { web: { artifact: `artifact-${release}`, program: 'node' } } },
    ...more,
  });
  const found = () =>
    server.store
      .all('ConfigMap', NAMESPACE)
      .map(({ metadata, data }) => [metadata.labels!['escale/release'], data]);
  await engine.apply(wishOf([setOf(1)]));
  await engine.recordReleases(PLACE, [record(1)]);
  const data = {
    ...{ release: '1', commit: 'c0ffee', made: '1970-01-01T00:00:00.000Z' },
    ...{
      began: '1970-01-01T00:00:01.000Z',
      ended: '1970-01-01T00:00:02.000Z',
      verdict: 'promoted',
      reason: '',
    },
    images: 'web: registry.test/web@artifact-1',
  };
  assert.deepEqual(found(), [['1', data]]);
  await engine.apply(wishOf([setOf(2)]));
  const asked = server.asked.length;
  const next = engineOn(server);
  const failed = { verdict: 'rolled-back', reason: 'web-1: exited with code 7' };
  await next.recordReleases(PLACE, [record(2, failed), record(1)]);
  const writes = server.asked.slice(asked).filter((word) => word.startsWith('PATCH'));
  assert.deepEqual(writes, ['PATCH configmaps/escale-release-2']);
  await next.recordReleases(PLACE, [record(2, failed)]);
  assert.deepEqual(found(), [
    ['2', { ...data, ...failed, release: '2', images: 'web: registry.test/web@artifact-2' }],
  ]);
  next.close();
  await engine.remove(PLACE.system, PLACE.environment);
  assert.deepEqual(found(), []);
});

test('the gateway comes with the first route, is waited for, and goes with the last one', async () => {
  engine.close();
  const expose = { type: 'NodePort', port: 30_080 } as const;
  engine = engineOn(server, { routing: { kind: 'escale-gateway', instances: 'every-node', expose } });
  const routes = [{ host: 'shop.test', prefix: '/', service: 'web' }];
  await engine.apply(wishOf([setOf(1)]));
  await until(shows('web 1 ready', 'web 1 ready'));
  const gateways = () =>
    server.store.all('Pod', NAMESPACE).filter(({ metadata }) => metadata.name.startsWith('gateway'));
  assert.deepEqual(gateways(), []);
  server.kubelet.fate = ({ metadata }) => (metadata.name.startsWith('gateway') ? 'starting' : 'ready');
  let isApplied = false;
  const wish = wishOf([setOf(1)], { routes });
  const applying = engine.apply(wish).then(() => {
    isApplied = true;
  });
  const seen = await until(shows('web 1 starting', 'web 1 starting'));
  assert.equal(seen.instances[0]!.reason, 'waits for the gateway: it starts');
  assert.equal(isApplied, false);
  server.kubelet.fate = () => 'ready';
  server.settle();
  await applying;
  const { services } = await until(shows('web 1 ready', 'web 1 ready'));
  assert.equal(services[0]!.outsideUrl, 'http://10.0.0.1:30080/');
  assert.ok(gateways().length > 0);
  for (const { spec } of gateways())
    assert.equal((spec!.containers[0] as { image?: string }).image, 'registry.test/gateway@g1');
  assert.deepEqual(await engine.strayed(PLACE), []);
  assert.deepEqual(await engine.wishes(), [{ ...PLACE, digest: wishDigest(wish) }]);
  await engine.apply(wishOf([setOf(1)]));
  assert.deepEqual(server.store.all('DaemonSet', NAMESPACE), []);
  // What its pods still need goes once they have gone.
  server.settle();
  await until(() => gateways().length === 0);
  await engine.apply(wishOf([setOf(1)]));
  for (const kind of ['Role', 'RoleBinding', 'ConfigMap'])
    assert.deepEqual(server.store.all(kind, NAMESPACE), [], kind);
});

test('removing ends programs before their databases, and leaves data and passwords', async () => {
  const plan = planOf('a', { resources: [{ resource: 'db', prefix: '' }] });
  await engine.apply(
    wishOf([setOf(1, { plan })], { resources: [{ name: 'db', type: 'postgres', external: null }] }),
  );
  await until(({ resources }) => resources[0]?.state === 'ready');
  const order: string[] = [];
  server.store.onChange(({ type, object }) => {
    if (type === 'DELETED' && object.kind === 'Pod') order.push(object.metadata.name.split('-')[0]!);
  });
  await engine.remove(PLACE.system, PLACE.environment);
  assert.deepEqual(order, ['web', 'web', 'db']);
  assert.deepEqual(await engine.wishes(), []);
  assert.deepEqual(
    server.store.all('Secret', NAMESPACE).map(({ metadata }) => metadata.name),
    ['db-credentials'],
  );
  assert.deepEqual(server.store.all('Service', NAMESPACE), []);
  assert.deepEqual((await engine.observe()).instances, []);
  for (let tries = 0; tries < 100 && server.openWatches > 0; tries++) await pause(20);
  assert.equal(server.openWatches, 0);
});

test('a cluster that is away is an error, and is found again', async () => {
  await engine.apply(wishOf([setOf(1)]));
  await until(shows('web 1 ready', 'web 1 ready'));
  server.fault = () => ({ status: 503, message: 'the server is starting' });
  server.dropWatches();
  await until(() => false).catch(() => {});
  await assert.rejects(engine.observe(), { code: 'cluster-away' });
  server.fault = () => null;
  server.store.compact();
  let back = false;
  for (let tries = 0, seen = 0; tries < 50 && !back; tries++) {
    seen = await engine.changed(seen, 200);
    back = await engine.observe().then(
      () => true,
      () => false,
    );
  }
  assert.ok(back);
});

test('rights that are missing, rules that say no and missing objects are told with all their words', async () => {
  server.fault = ({ method, kind }) =>
    method === 'PATCH' && (kind === 'Deployment' || kind === 'Service')
      ? { status: 422, reason: 'Invalid', message: `${kind} is not valid` }
      : null;
  await assert.rejects(engine.apply(wishOf([setOf(1)])), {
    code: 'cluster-refused',
    message: 'apply Service web: Service is not valid\napply Deployment web: Deployment is not valid',
  });
  assert.deepEqual(server.store.all('ServiceAccount', NAMESPACE), []);
  server.fault = () => ({
    status: 403,
    reason: 'Forbidden',
    message: 'secrets is forbidden: User "x" cannot get resource',
  });
  await assert.rejects(engine.apply(wishOf([setOf(1)])), { code: 'cluster-forbidden' });
});

test('logs of instances, exec and kill are about pods', async () => {
  await engine.apply(wishOf([setOf(1)]));
  const { instances } = await until(shows('web 1 ready', 'web 1 ready'));
  const [first] = instances;
  server.output.set(first!.id, ['one', 'two', 'three']);
  const lines: string[] = [];
  for await (const { text, instance } of engine.logs({ ...PLACE, tail: 2 }, AbortSignal.timeout(5000)))
    lines.push(`${instance} ${text}`);
  assert.deepEqual(lines, [`${first!.id} two`, `${first!.id} three`]);
  await engine.kill(first!.id);
  await until(
    (seen) =>
      seen.instances.length === 2 &&
      seen.instances.every(({ id, state }) => id !== first!.id && state === 'ready'),
  );
  await assert.rejects(engine.kill(first!.id), { code: 'instance-unknown' });
});

test('a command beside an instance hears its input, and says all before its end', async () => {
  await engine.apply(wishOf([setOf(1)]));
  const { instances } = await until(shows('web 1 ready', 'web 1 ready'));
  const instance = instances[0]!.id;
  server.command = (pod, words, input) => ({ out: `${pod} ${words.join(' ')}`, err: input, exit: 3 });
  const session = await engine.exec({ instance, command: ['cat', 'a b'] });
  session.write(Buffer.from('said'));
  session.end();
  const said: string[] = [];
  for await (const item of session.output)
    said.push('exit' in item ? `exit ${item.exit}` : `${item.stream} ${Buffer.from(item.chunk)}`);
  assert.deepEqual(said, [`out ${instance} cat a b`, 'err said', 'exit 3']);
  await assert.rejects(engine.exec({ instance: 'web-x', command: ['ls'] }), { code: 'instance-unknown' });
});

test('a connection to an instance goes there and back', async (t) => {
  const pod = http.createServer((request, response) => response.end(`${request.url} ${'x'.repeat(200_000)}`));
  await new Promise<void>((resolve) => pod.listen(0, '127.0.0.1', resolve));
  t.after(() => pod.close());
  server.podPort = (pod.address() as AddressInfo).port;
  await engine.apply(wishOf([setOf(1)]));
  const { instances } = await until(shows('web 1 ready', 'web 1 ready'));
  const connect = async () => {
    const session = await engine.forward(instances[0]!.id);
    session.write(Buffer.from('GET /there HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'));
    let text = '';
    for await (const item of session.output) if ('chunk' in item) text += Buffer.from(item.chunk).toString();
    return text;
  };
  assert.match(await connect(), /^HTTP\/1.1 200 OK[\s\S]*\/there x{200000}$/);
  server.podPort = 1;
  await assert.rejects(connect(), {
    code: 'cluster-refused',
    message: /takes no connection: connect ECONNREFUSED/,
  });
});
