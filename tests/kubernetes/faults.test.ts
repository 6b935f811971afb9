import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Observation } from '../../src/core/contracts/index.ts';
import { HttpCluster } from '../../src/engines/kubernetes/index.ts';
import { waitFor } from '../e2e/wait.ts';
import { testAccess } from './cluster.ts';
import {
  ClusterSystem,
  type ClusterUnderTest,
  engineOver,
  makeKubernetesEngine,
} from './kubernetes-engine.ts';
import { tokenAccess, withTheRole } from './rights.ts';

describe('a Kubernetes cluster, where something is wrong', () => {
  let made: ClusterUnderTest;
  /** Somebody beside Escale. */
  let others: HttpCluster;
  let systems = 0;
  before(async () => {
    made = await makeKubernetesEngine();
    others = new HttpCluster(testAccess, 'somebody');
  });
  after(async () => {
    others.close();
    await made.close();
  });
  const cases = (title: string, body: (system: ClusterSystem) => Promise<void>) =>
    test(title, async () => {
      systems += 1;
      const system = new ClusterSystem(made, `fault-${systems}`);
      try {
        await body(system);
      } finally {
        await system.remove();
      }
    });

  cases(
    'an image that is not there is told with pod and reason, and the former release serves on',
    async (system) => {
      const good = await system.set('answers', { count: 2 });
      await system.apply(good);
      const before = await system.ready(2);
      const place = { system: system.name, environment: 'local' };
      const images = {
        ...made.images,
        place: async (of: Parameters<typeof made.images.place>[0]) => {
          const [name] = (await made.images.place(of)).split('@');
          return `${name}@sha256:${'0'.repeat(64)}`;
        },
      };
      const bringsNothing = engineOver({ access: made.access, images, places: () => [place] });
      await bringsNothing.apply(system.wish([{ ...good, release: 2, rollout: 2 }]));
      bringsNothing.close();
      await made.killKeeper();
      await system.until('it has failed', (_, seen) =>
        seen.sets.some((set) => set.system === system.name && set.failures >= 3),
      );
      const seen = await made.engine.observe();
      const { lastFailure } = seen.sets.find((set) => set.system === system.name)!;
      assert.match(lastFailure!.instance, /^web-/);
      assert.match(lastFailure!.reason, /^its image can’t be had: .*not found/);
      assert.equal((await system.get('/')).status, 200);
      await system.apply(good);
      const after = await system.ready(2);
      assert.deepEqual(after.map(({ id }) => id).sort(), before.map(({ id }) => id).sort());
    },
  );

  cases('a quota that is too small is told, and nothing that serves goes', async (system) => {
    const good = await system.set('answers', { count: 2 });
    await system.apply(good);
    await system.ready(2);
    const metadata = { name: 'small', namespace: system.namespace };
    await others.create({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata,
      spec: { hard: { pods: '2' } },
    } as never);
    const status = async () =>
      (
        (await others.get({ apiVersion: 'v1', kind: 'ResourceQuota', ...metadata }))?.status as {
          used?: { pods?: string };
        }
      )?.used?.pods;
    await waitFor('the quota counts', async () => (await status()) === '2');
    await system.apply(good, { ...good, release: 2, rollout: 2 });
    await system.until('it is told', (_, seen) => system.setOf(seen, 2)?.lastFailure != null);
    assert.match(system.setOf(await made.engine.observe(), 2)!.lastFailure!.reason, /exceeded quota: small/);
    await system.apply(good);
    await system.ready(2);
  });

  cases('a namespace whose limits no pod fits into is told, and nothing that serves goes', async (system) => {
    const good = await system.set('answers', { count: 2 });
    await system.apply(good);
    await system.ready(2);
    const limits = [{ type: 'Container', max: { memory: '32Mi' } }];
    await others.create({
      ...{ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'narrow', namespace: system.namespace } },
      spec: { limits },
    } as never);
    const limited = { ...good.plan, limits: { ...good.plan.limits, memoryBytes: 64 * 2 ** 20 } };
    await system.apply(good, { ...good, release: 2, rollout: 2, plan: limited });
    await system.until('it is told', (_, seen) => system.setOf(seen, 2)?.lastFailure != null);
    const seen = await made.engine.observe();
    assert.match(system.setOf(seen, 2)!.lastFailure!.reason, /maximum memory usage per Container is 32Mi/);
    await system.apply(good);
    await system.ready(2);
  });

  for (const [title, details, kind] of [
    ['with a folder', { plan: { volume: true } }, 'StatefulSet'],
    ['on every node', { plan: { spread: 'every-node' } }, 'DaemonSet'],
  ] as const)
    cases(`a quota that is too small for a service ${title} is told`, async (system) => {
      const worker = await system.set('worker', { service: 'first', plan: { port: false } });
      await system.apply(worker);
      const metadata = { name: 'small', namespace: system.namespace };
      const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { pods: '1' } } };
      await others.create(quota as never);
      await waitFor('the quota counts', async () => {
        const found = await others.get({ apiVersion: 'v1', kind: 'ResourceQuota', ...metadata });
        return (found?.status as { used?: { pods?: string } })?.used?.pods === '1';
      });
      await system.apply(worker, await system.set('answers', details));
      const ofWeb = (seen: Observation) =>
        seen.sets.find(({ system: of, service }) => of === system.name && service === 'web');
      await system.until('it is told', (_, seen) => ofWeb(seen)?.lastFailure != null);
      const { lastFailure } = ofWeb(await made.engine.observe())!;
      assert.match(`${kind}: ${lastFailure!.reason}`, /exceeded quota: small/);
      await system.apply(worker);
    });

  cases('a class of volumes that is not there is told with the claim that waits', async (system) => {
    const place = { system: system.name, environment: 'local' };
    const engine = engineOver({ ...made, places: () => [place], storageClass: 'nowhere' });
    const set = await system.set('keepsData', { plan: { volume: true } });
    await engine.apply(system.wish([set]));
    await system.until('it is told', (_, seen) => system.setOf(seen, 1)?.lastFailure != null);
    const reason = () => system.setOf(seen, 1)!.lastFailure!.reason;
    let seen = await made.engine.observe();
    await waitFor('why is told', async () => {
      seen = await made.engine.observe();
      return reason().includes('nowhere');
    });
    assert.match(reason(), /claim data-web-0: storageclass.* "nowhere" not found/);
    // What a StatefulSet asks its volumes for can't be changed: it is made anew.
    await made.engine.apply(system.wish([set]));
    await system.ready(1);
    engine.close();
  });

  cases(
    'what somebody has changed by hand is seen, told with who it was, and taken back where that is wanted',
    async (system) => {
      const set = await system.set('answers', { count: 1 });
      await system.apply(set);
      await system.ready(1);
      const place = { system: system.name, environment: 'local' };
      assert.deepEqual(await made.engine.strayed(place), []);
      const web = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: system.namespace, name: 'web' };
      await others.merge(web, { spec: { replicas: 2 } });
      assert.deepEqual(
        (await made.engine.strayed(place)).map(({ message }) => message),
        ['spec.replicas of Deployment web is 2, and not 1 (somebody)'],
      );
      await assert.rejects(system.apply(set), {
        code: 'cluster-conflict',
        message: 'apply Deployment web: somebody holds .spec.replicas',
      });
      const repairing = engineOver({
        access: made.access,
        images: made.images,
        places: () => [place],
        repairs: true,
      });
      const held = async () => (await repairing.wishes()).find((wish) => wish.system === system.name)!.digest;
      assert.equal(await held(), null);
      await repairing.apply(system.wish([set]));
      assert.notEqual(await held(), null);
      await system.ready(1);
      repairing.close();
    },
  );

  cases(
    'the rendered Role is enough for everything, and reaches nothing beside its namespace',
    async (system) => {
      const { engine, close } = await withTheRole(made, system, { kind: 'node-port' });
      const set = await system.set('answers', { count: 2 });
      const job = await system.run('once');
      const seen = () => engine.observe();
      await engine.apply(system.wish([set]));
      await waitFor(
        'both are ready',
        async () => (await seen()).instances.filter(({ state }) => state === 'ready').length === 2,
        120_000,
      );
      await engine.apply(system.wish([{ ...set, release: 2, rollout: 2 }]));
      await waitFor(
        'the second release runs',
        async () => {
          const { instances } = await seen();
          return (
            instances.length === 2 &&
            instances.every(({ release, state }) => release === 2 && state === 'ready')
          );
        },
        120_000,
      );
      await engine.run(job);
      await waitFor('the job has ended', async () => (await seen()).runs[0]?.state === 'succeeded', 120_000);
      await engine.forgetRun(job.id);
      assert.equal((await engine.wishes()).length, 1);
      const [first] = (await seen()).instances;
      const session = await engine.exec({ instance: first!.id, command: ['ls', '/'] });
      let exit: number | null = null;
      for await (const item of session.output) if ('exit' in item) exit = item.exit;
      assert.equal(exit, 0);
      const place = { system: system.name, environment: 'local' };
      for await (const _ of engine.logs(place, AbortSignal.timeout(10_000)));
      await engine.kill(first!.id);
      await engine.remove(system.name, 'local');
      await engine.forgetVolumes(system.name, 'local');
      const elsewhere = engineOver({
        ...made,
        access: await tokenAccess(made, system),
        places: () => [{ system: 'other', environment: 'local' }],
      });
      await assert.rejects(elsewhere.observe(), { code: 'cluster-forbidden' });
      elsewhere.close();
      close();
    },
  );

  cases('a rolling update, scaling and a return lose no request', async (system) => {
    const set = await system.set('answers', { count: 3 });
    await system.apply(set);
    await system.ready(3);
    await system.get('/');
    const url = await system.address();
    const asked = { done: 0, failed: 0 };
    const stop = new AbortController();
    const ask = async () => {
      while (!stop.signal.aborted) {
        const response = await fetch(url, { headers: { connection: 'close' } }).catch(() => null);
        asked.done += 1;
        if (response?.status !== 200) asked.failed += 1;
        await response?.text();
        await pause(20);
      }
    };
    const load = [ask(), ask(), ask(), ask()];
    await system.apply(set, { ...set, release: 2, rollout: 2 });
    await system.until(
      'the new ones are alone',
      (all) => all.length === 3 && all.every(({ rollout, state }) => rollout === 2 && state === 'ready'),
    );
    await system.apply({ ...set, release: 2, rollout: 2, count: 5 });
    await system.ready(5);
    await system.apply({ ...set, release: 1, rollout: 1 });
    await system.until(
      'the former ones are back',
      (all) => all.length === 3 && all.every(({ rollout, state }) => rollout === 1 && state === 'ready'),
    );
    stop.abort();
    await Promise.all(load);
    console.log(`# ${asked.failed} of ${asked.done} requests failed`);
    assert.ok(asked.done > 500, `${asked.done}`);
    assert.equal(asked.failed, 0);
  });
});
