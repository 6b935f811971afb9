import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApprovalView, AuditEntry } from '../../src/server/index.ts';
import { jsonLines } from './escale.ts';
import { shopWith } from './pipeline-host.ts';
import { type Person, person, pipelineRuns, startServer } from './team.ts';

const STAGING = 'staging.shop.localhost';
const PRODUCTION = 'production.shop.localhost';

/** A system whose page says a word; what it needs beside is left out. */
function shop(word: string, environments: object = { staging: { branch: 'main' } }): Record<string, string> {
  const files = shopWith({ test: ['true'] }, { environments });
  return { ...files, 'server.js': files['server.js']!.replace('process.env.TEXT', `'${word}'`) };
}

test('which branch goes where: file and server together', async (t) => {
  const escale = await startServer(t);
  const ada = await person(escale, 'ada', 'deployer:*');
  const tree = await ada.clone('shop');

  await t.test('a feature branch is tested, and nothing else', async () => {
    await tree.commit(shop('one'));
    const { said } = await tree.push('HEAD:feature/x');
    assert.match(said, /shop: pipeline 1 \(its branch goes nowhere\)/);
    assert.match(said, /✓ checkout[\s\S]*✓ test[\s\S]*pipeline run 1 succeeded/);
    assert.doesNotMatch(said, /release|deploy/);
    assert.deepEqual((await escale.status()).systems, []);
    assert.equal((await ada.call('GET', '/api/systems/shop/releases/1')).status, 404);
  });

  await t.test('the branch of the file goes where the file says', async () => {
    assert.match((await tree.push('HEAD:main')).said, /shop: pipeline 2 → staging[\s\S]*staging: promoted/);
    assert.equal(await escale.body(STAGING), 'one');
  });

  await t.test('a rule of the server narrows it, and a file can’t widen it again', async () => {
    await escale.must(['environment', 'set', 'staging', '--branch', 'release/*']);
    await tree.commit(shop('two', { staging: { branch: '*' } }));
    assert.match((await tree.push('HEAD:main')).said, /its branch goes nowhere/);
    assert.equal(await escale.body(STAGING), 'one');
    // Both must agree: `*` of the file means no slash.
    await tree.commit(shop('three', { staging: { branch: 'release/*' } }));
    assert.match((await tree.push('HEAD:release/3')).said, /staging: promoted/);
    assert.equal(await escale.body(STAGING), 'three');
    await escale.must(['environment', 'unset', 'staging']);
  });

  await t.test('who may not deploy there is told so, and the tests are run', async () => {
    const ben = await person(escale, 'ben', 'deployer:qa');
    const his = await ben.clone('shop', `${tree.folder}-of-ben`);
    await his.must('fetch', '--quiet', 'escale');
    await his.must('reset', '--hard', '--quiet', 'escale/main');
    await his.commit(shop('four'));
    const { said } = await his.push('HEAD:main');
    assert.match(said, /✗ shop is not delivered to staging: ben may not deploy there/);
    assert.match(said, /✓ test/);
    assert.equal(await escale.body(STAGING), 'three');
    const eve = await person(escale, 'eve', 'viewer:*');
    const hers = await eve.clone('shop', `${tree.folder}-of-eve`);
    await hers.commit(shop('five'));
    const refused = await hers.push('HEAD:evil');
    assert.notEqual(refused.code, 0);
    assert.match(refused.said, /403|may not push/);
  });
});

test('an approval: a deployer asks, an admin gives the word', async (t) => {
  const escale = await startServer(t);
  const [ada, ben] = [
    await person(escale, 'ada', 'admin:*'),
    await person(escale, 'ben', 'deployer:staging', 'deployer:production'),
  ];
  const tree = await ben.clone('shop');
  await tree.commit(shop('one', gated));
  assert.match((await tree.push()).said, /staging: promoted/);

  await t.test('asked for by a promotion, and by nobody else given', async () => {
    const [asked] = await promote(ben);
    const { approval } = asked as { approval: ApprovalView };
    assert.deepEqual(
      [approval.release, approval.from, approval.role, approval.wantedBy, approval.state],
      [1, 'staging', 'admin', 'ben', 'waiting'],
    );
    const own = await ben.call('POST', `/api/approvals/${approval.id}/approve`, {});
    assert.deepEqual([own.status, /ben is no admin in production/.test(own.text)], [403, true]);
    assert.equal((await escale.request(PRODUCTION)).status, 404);
    assert.match((await escale.must(['approve'])).stdout, /shop.*production/s);
  });

  await t.test('given: production runs the release', async () => {
    const [{ id }] = (await ada.get<ApprovalView[]>('/api/approvals')) as [ApprovalView];
    const { status, text } = await ada.call('POST', `/api/approvals/${id}/approve`, {});
    assert.equal(status, 200, text);
    assert.equal(await escale.body(PRODUCTION), 'one');
    const again = await ada.call('POST', `/api/approvals/${id}/approve`, {});
    assert.match(again.text, /nothing waits for an approval/);
    assert.deepEqual(await ada.get('/api/approvals'), []);
  });

  await t.test('a pushed file takes back what the server wants as little as it gives it', async () => {
    await escale.must([
      'environment',
      'set',
      'production',
      '--approve',
      'admin',
      '--promote-from',
      'staging',
    ]);
    await tree.commit(shop('two', { staging: { branch: 'main' }, production: { branch: 'main' } }));
    const { said } = await tree.push();
    assert.match(said, /shop: pipeline \d+ → staging\b(?!.*production)/);
    const [asked] = await promote(ben);
    assert.equal((asked as { approval: ApprovalView }).approval.release, 2);
    assert.equal(await escale.body(PRODUCTION), 'one');
    const [{ id }] = (await ada.get<ApprovalView[]>('/api/approvals')) as [ApprovalView];
    assert.equal((await ada.call('POST', `/api/approvals/${id}/refuse`, {})).status, 200);
    assert.deepEqual(await ada.get('/api/approvals'), []);
    assert.equal(await escale.body(PRODUCTION), 'one');
  });

  await t.test('who did what is written down', async () => {
    const entries = jsonLines<AuditEntry>((await escale.must(['audit', '--json', '-n', '500'])).stdout);
    const did = entries.map(({ who, token, action, outcome }) => `${who}/${token} ${action} ${outcome}`);
    for (const line of [
      'ben/laptop promote done',
      'ben/laptop approvals approve refused',
      'ada/laptop approvals approve done',
    ])
      assert.ok(did.includes(line), `${line}:\n${did.join('\n')}`);
    assert.ok(did.includes('ada/laptop approvals refuse done'), did.join('\n'));
  });
});

const gated = { staging: { branch: 'main' }, production: { promoteFrom: 'staging', approve: true } };

/** What the server answers, line by line; the last one first. */
async function promote(who: Person): Promise<object[]> {
  const target = '/api/systems/shop/environments/production/promote';
  const { status, text } = await who.call('POST', target, { from: 'staging' });
  assert.equal(status, 200, text);
  return jsonLines<{ type: string }>(text)
    .toReversed()
    .filter(({ type }) => type === 'result');
}

test('a release that does not start in staging is told, kept out, and not tried again by itself', async (t) => {
  const escale = await startServer(t);
  const ada = await person(escale, 'ada', 'deployer:*');
  const tree = await ada.clone('shop');
  await tree.commit(shop('one'));
  await tree.push();
  await tree.commit({ 'server.js': "console.log('no port'); process.exit(3);" });
  const { said } = await tree.push();
  assert.match(said, /staging: failed, release 2 was not taken in staging: .*exited with code 3/);
  assert.match(said, /no port/);
  assert.match(said, /pipeline run 2 failed: deploy failed/);
  assert.equal(await escale.body(STAGING), 'one');

  await t.test('an empty commit changes nothing, and says why', async () => {
    await tree.commit();
    const { said } = await tree.push();
    assert.match(said, /pipeline run 2, which failed: deploy failed/);
    assert.equal((await pipelineRuns(escale)).length, 2);
    assert.equal(await escale.body(STAGING), 'one');
  });

  await t.test('a person may have it tried again', async () => {
    const rollouts = async () => (await escale.systemView('shop')).rollouts.map(({ toRelease }) => toRelease);
    assert.deepEqual(await rollouts(), [2, 1]);
    const { code, output } = await escale.run(['pipeline', 'retry', '2']);
    assert.equal(code, 1, output);
    assert.deepEqual(await rollouts(), [2, 2, 1]);
  });

  await t.test('the next good one is taken', async () => {
    await tree.commit(shop('three'));
    assert.match((await tree.push()).said, /staging: promoted, release 3 runs in staging/);
    assert.equal(await escale.body(STAGING), 'three');
  });
});
