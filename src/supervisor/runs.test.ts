import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstancePlan, JobRun } from '../core/contracts/index.ts';
import { hostOf } from './testing/host.ts';
import { planOf, setOf, wishOf } from './testing/wish.ts';

const database = (name: string) => ({ name, type: 'postgres', external: null });

function runOf(plan: Partial<InstancePlan>): JobRun {
  const of = { system: 'shop', environment: 'local', job: 'clean', release: 1, timeoutMs: 60_000 };
  return { id: 'run-1', ...of, plan: planOf({ port: false, ...plan }) };
}

test('a run that waits for a resource which its system has no more has failed', {
  timeout: 5000,
}, async (t) => {
  const { supervisor, until, runtime } = await hostOf(t, { probe: async () => 'is recovering' });
  await supervisor.apply(wishOf([], { resources: [database('db')] }));
  await supervisor.run(runOf({ resources: [{ resource: 'db', prefix: '' }] }));
  await until(({ runs }) => runs[0]!.state === 'waiting' && runs[0]!.reason !== '');
  await supervisor.apply(wishOf([], { resources: [database('data')] }));
  await until(({ runs }) => runs[0]!.state === 'failed');
  assert.equal(supervisor.observe().runs[0]!.reason, 'its system has no db any more');
  assert.ok(!runtime.started.some(({ role }) => role === 'job'));
});

test('a run waits while nobody has said yet what its system has', { timeout: 5000 }, async (t) => {
  const { supervisor, until } = await hostOf(t);
  await supervisor.run(runOf({ resources: [{ resource: 'db', prefix: '' }] }));
  assert.equal(supervisor.observe().runs[0]!.state, 'waiting');
  await supervisor.apply(wishOf([], { resources: [database('db')] }));
  await until(({ runs }) => runs[0]!.state === 'running');
});

test('a run and a deploy that need ports at the same moment both keep theirs', {
  timeout: 5000,
}, async (t) => {
  const { supervisor } = await hostOf(t);
  const uses = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, `post/${name}`]));
  await Promise.all([
    supervisor.run(runOf({ uses })),
    supervisor.apply(wishOf([setOf({ count: 1, plan: planOf() })])),
    supervisor.apply(wishOf([setOf({ count: 1, plan: planOf() })], { system: 'blog' })),
  ]);
  const urls = supervisor
    .observe()
    .services.map(({ service, internalUrl }) => [service, internalUrl !== null]);
  assert.deepEqual(urls, [
    ['web', true],
    ['web', true],
  ]);
});
