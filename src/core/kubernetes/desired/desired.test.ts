import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DesiredSystem, type InstanceSet, planWithoutRequests } from '../../contracts/index.ts';
import type { KubernetesObject } from '../object.ts';
import { problemsOf } from '../testing/index.ts';
import { type ClusterOptions, renderDesired, renderRun, runName, wishedSecrets } from './index.ts';

const OPTIONS: ClusterOptions = {
  namespace: 'shop-production',
  routing: { kind: 'gateway-api', gateway: { name: 'public', namespace: 'gateways' } },
  postgres: { kind: 'stateful-set', image: 'postgres:18' },
  storage: { size: '10Gi', className: null },
  outbound: false,
  sleepSeconds: 10,
};
const PLACE = { system: 'shop', environment: 'production' };

function set(
  service: string,
  rollout: number,
  more: Partial<InstanceSet['plan']> = {},
  count = 2,
): InstanceSet {
  const plan = planWithoutRequests({
    command: ['node', 'main.js'],
    port: true,
    artifact: `a${rollout}`,
    ...more,
  });
  plan.start = { deadlineMs: 10_000, stableMs: 1000 };
  return { service, release: rollout + 10, rollout, count, plan };
}
const wish = (sets: InstanceSet[], more: Partial<DesiredSystem> = {}): DesiredSystem => ({
  ...{ ...PLACE, sets, resources: [], routes: [] },
  ...more,
});
const render = (desired: DesiredSystem) =>
  renderDesired(desired, OPTIONS, ({ plan }) => `r.test/x@${plan.artifact}`).flatMap(
    ({ objects }) => objects,
  );
const find = (objects: KubernetesObject[], kind: string, name: string) =>
  objects.find((object) => object.kind === kind && object.metadata.name === name)!;
const templateOf = (object: KubernetesObject) =>
  (object.spec as { replicas?: number; template: { metadata: { annotations: Record<string, string> } } })
    .template;

test('a service is rendered as its newest set that instances are wished of; its pods say which set they are of', () => {
  const both = find(render(wish([set('web', 1), set('web', 2)])), 'Deployment', 'web');
  assert.deepEqual(templateOf(both).metadata.annotations, { 'escale/rollout': '2', 'escale/release': '12' });
  assert.match(JSON.stringify(both), /r\.test\/x@a2/);
  const back = find(render(wish([set('web', 1), set('web', 2, {}, 0)])), 'Deployment', 'web');
  assert.equal(templateOf(back).metadata.annotations['escale/rollout'], '1');
  assert.deepEqual(back, find(render(wish([set('web', 1)])), 'Deployment', 'web'));
});

test('while two releases run beside each other, each reaches what it uses', () => {
  const former = set('web', 1, { uses: { OLD_URL: 'shop/old' } });
  const newer = set('web', 2, { uses: { NEW_URL: 'shop/new' } });
  const objects = render(wish([former, newer, set('old', 1), set('new', 1)]));
  const egress = (found: KubernetesObject) =>
    JSON.stringify((found.spec as { egress?: unknown }).egress ?? []);
  const during = egress(find(objects, 'NetworkPolicy', 'web'));
  assert.ok(during.includes('"old"') && during.includes('"new"'), during);
  const after = egress(find(render(wish([newer, set('old', 1), set('new', 1)])), 'NetworkPolicy', 'web'));
  assert.ok(!after.includes('"old"') && after.includes('"new"'), after);
});

test('every object of a wish with everything is valid', async () => {
  const objects = render(
    wish(
      [
        set('web', 1, {
          uses: { API_URL: 'shop/api', RESIZE_URL: 'images/resize' },
          resources: [{ resource: 'db', prefix: '' }],
        }),
        set('api', 1, { env: { KEY: 'k ${secret.KEY}' }, secrets: { KEY: 3 } }),
        set('files', 1, { volume: true }, 1),
        set('agent', 1, { port: false, spread: 'every-node' }, 1),
        set('many', 1, { scaling: { min: 2, max: 6, cpu: 0.35 } }),
      ],
      {
        resources: [{ name: 'db', type: 'postgres', external: null }],
        routes: [{ host: 'shop.test', prefix: '/', service: 'web' }],
      },
    ),
  );
  assert.deepEqual((await Promise.all(objects.map(problemsOf))).flat(), []);
  assert.deepEqual(
    objects
      .filter(({ kind }) => /Set$|^Deployment$/.test(kind))
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    [
      'StatefulSet db',
      'Deployment web',
      'Deployment api',
      'StatefulSet files',
      'DaemonSet agent',
      'Deployment many',
    ],
  );
});

test('a number that a cluster chooses is not said: an autoscaler has its range; of a set that goes it is said', () => {
  const plan = {
    scaling: { min: 2, max: 6, cpu: 0.35 },
    limits: { memoryBytes: null, cpu: 0.5, processes: null, diskBytes: null },
  };
  const objects = render(wish([set('web', 1, plan)]));
  assert.ok(!('replicas' in (find(objects, 'Deployment', 'web').spec as object)));
  assert.deepEqual(find(objects, 'HorizontalPodAutoscaler', 'web').spec, {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    ...{ minReplicas: 2, maxReplicas: 6 },
    metrics: [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '350m' } } },
    ],
  });
  const going = render(wish([set('web', 1, plan, 0)]));
  assert.equal((find(going, 'Deployment', 'web').spec as { replicas: number }).replicas, 0);
  assert.equal(find(going, 'HorizontalPodAutoscaler', 'web'), undefined);
});

test('values of secrets are in a Secret of their own: other values, another Secret', () => {
  const plan = (version: number) =>
    set('web', 1, { env: { KEY: '${secret.KEY}' }, secrets: { KEY: version } }).plan;
  const [one] = wishedSecrets([plan(1), plan(1)], { resources: [] });
  const [two] = wishedSecrets([plan(2)], { resources: [] });
  assert.deepEqual([one!.values, two!.values], [{ KEY: 1 }, { KEY: 2 }]);
  assert.notEqual(one!.name, two!.name);
  const web = find(render(wish([{ ...set('web', 1), plan: plan(1) }])), 'Deployment', 'web');
  assert.ok(JSON.stringify(web).includes(`{"name":"${one!.name}","key":"KEY"}`));
});

test('a run of a job is a Job of its own name, which the same run always has', async () => {
  const run = {
    ...{ id: 'rollout-12-migrate', ...PLACE, job: 'migrate', release: 3, timeoutMs: 90_000 },
    plan: planWithoutRequests({ command: ['node', 'm.js'], resources: [{ resource: 'db', prefix: '' }] }),
  };
  const resources = [{ name: 'db', type: 'postgres', external: null }];
  const objects = renderRun(run, { options: OPTIONS, resources, image: 'r.test/migrate@x' });
  assert.deepEqual(
    objects.map(({ kind }) => kind),
    ['ServiceAccount', 'NetworkPolicy', 'Job'],
  );
  const job = objects.at(-1)!;
  assert.equal(job.metadata.name, runName(run));
  assert.match(job.metadata.name, /^migrate-[0-9a-f]{10}$/);
  assert.notEqual(runName({ ...run, id: 'rollout-13-migrate' }), job.metadata.name);
  assert.deepEqual(job.metadata.annotations, {
    ...{ 'escale/run': 'rollout-12-migrate', 'escale/release': '3', 'escale/timeout-ms': '90000' },
  });
  assert.deepEqual((await Promise.all(objects.map(problemsOf))).flat(), []);
});
