import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { SystemFile } from '../../core/manifest/index.ts';
import { pages } from '../testing/pages.ts';
import type { MovePlanView, ReleaseChangesView } from './types.ts';

const MODEL: SystemFile = {
  name: 'shop',
  services: { web: { command: 'node server.ts', port: true } },
  environments: { staging: { branch: 'main' }, production: { promoteFrom: 'staging', approve: true } },
};
const PRODUCTION = '/api/systems/shop/environments/production';

/** Releases 1 and 2 of a shop, both taken in staging; 1 runs in production. */
async function shop(t: TestContext) {
  const site = pages(t);
  const { controlPlane, store, engine } = site;
  for (const number of [1, 2]) {
    const artifact = String(number).repeat(64);
    mkdirSync(controlPlane.parts.artifacts.folderOf(artifact), { recursive: true });
    const content = { commit: 'c'.repeat(40), dev: false, model: MODEL, artifacts: { web: artifact } };
    store.addRelease('shop', number, content, engine.now());
    await controlPlane.take({ system: 'shop', environment: 'staging' }, number, 'deploy', () => {});
  }
  await controlPlane.take({ system: 'shop', environment: 'production' }, 1, 'promote', () => {});
  return site;
}

test('what a promotion and a return would do is what they do', async (t) => {
  const { askSocket, controlPlane, store } = await shop(t);
  const place = { system: 'shop', environment: 'production' };
  for (const [kind, release, query] of [
    ['promote', 2, 'kind=promote&from=staging'],
    ['rollback', 1, 'kind=rollback'],
  ] as const) {
    const rollouts = store.rollouts('shop', 'production', 9).length;
    const answer = await askSocket('GET', `${PRODUCTION}/plan?release=${release}&${query}`, {});
    assert.equal(answer.statusCode, 200, answer.body);
    const plan = answer.json() as MovePlanView;
    assert.equal(store.rollouts('shop', 'production', 9).length, rollouts, 'nothing was begun');
    assert.equal(plan.approve, kind === 'promote' ? 'admin' : null);
    assert.ok(plan.operations.some((operation) => operation.kind === 'start'));
    if (kind === 'promote') await controlPlane.take(place, release, kind, () => {});
    else await controlPlane.rollback(place, release, () => {});
    assert.deepEqual(store.rollouts('shop', 'production', 1)[0]!.operations, plan.operations);
  }
});

test('what would be refused says so, and what somebody may not see is not told', async (t) => {
  const { ask, bearer } = await shop(t);
  const deployer = bearer([{ role: 'deployer', environment: 'production' }]);
  const hidden = await ask('GET', `${PRODUCTION}/plan?release=2&kind=promote&from=staging`, deployer);
  assert.equal(hidden.json().error.code, 'access-denied');
  const everywhere = bearer([{ role: 'deployer', environment: '*' }]);
  const straight = await ask('GET', `${PRODUCTION}/plan?release=2&kind=deploy`, everywhere);
  assert.equal(straight.json().error.code, 'promotion-refused');
  const unknown = await ask('GET', `${PRODUCTION}/plan?release=9&kind=rollback`, everywhere);
  assert.equal(unknown.json().error.code, 'release-unknown');

  const targets = async (headers: Record<string, string>) => {
    const answer = await ask('GET', '/api/systems/shop/releases/2', headers);
    return (answer.json() as ReleaseChangesView).targets;
  };
  assert.deepEqual(
    (await targets(everywhere)).map(({ environment, from, problem }) => [environment, from, problem]),
    [
      ['staging', null, 'release 2 was taken in no other environment yet'],
      ['production', 'staging', null],
    ],
  );
  const [only, ...others] = await targets(deployer);
  assert.equal(others.length, 0);
  assert.deepEqual(
    [only!.environment, only!.from, only!.problem],
    ['production', null, 'it comes from where you may not look'],
  );
});
