import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { focusedName, NO_BROWSER, Sight, tabTo, type VisitOptions } from './dashboard/browser.ts';
import {
  approval,
  changes,
  entry,
  me,
  movePlan,
  pipeline,
  shopPicture,
} from './dashboard/delivery-pictures.ts';
import { picture, tasks } from './dashboard/pictures.ts';
import type { StandIn } from './dashboard/stand-in.ts';

const sight = new Sight();
const PRODUCTION = '/api/systems/shop/environments/production';

describe('releases and environments on the live page', { skip: NO_BROWSER }, () => {
  before(() => sight.open());
  after(() => sight.close());

  test('the environments of a system stand side by side, with drift and what waits', async () => {
    const { page, close } = await sight.visit({ first: shopPicture() });
    const table = page.getByRole('table', { name: 'Environments of shop' });
    const rows = table.getByRole('row');
    assert.match(
      await rows.nth(1).innerText(),
      /^staging\s+Release 7 \w{8}\s+Ready\s+none\s+Run 8\s+Running/,
    );
    const production = await rows.nth(2).innerText();
    assert.match(production, /^production\s+Release 6 \w{8}\s+Ready\s+1 difference/);
    assert.match(
      production,
      /5 of web are wanted, the release says 3\s+It stays until somebody sets it right/,
    );
    assert.match(production, /Release 7 waits for approval\s+Approve\s+Refuse/);
    await page.getByRole('link', { name: '1 approval waits' }).waitFor();
    await close();
  });

  test('a system whose first push failed is there, with its run', async () => {
    const first = picture({ pipelines: [pipeline(1, { state: 'failed', release: null, deliveries: [] })] });
    const { page, close } = await sight.visit({ first });
    const row = page.getByRole('table', { name: 'Environments of shop' }).getByRole('row').nth(1);
    assert.match(await row.innerText(), /staging\s+nothing yet[\s\S]*Run 1\s+Failed/);
    await close();
  });

  test('what is new in a release, since any other one', async () => {
    const { page, server, close } = await visitRelease({ first: shopPicture({ approvals: [] }) });
    const text = async (name: string) =>
      (await page.getByRole('table', { name }).innerText()).replace(/\s+/g, ' ');
    assert.match(await text('Commits'), /Show what is in the cart c0ffee1d Ada \d+ min ago/);
    assert.match(
      await text('Files'),
      /web\/cart\.ts changed web\/cart\.test\.ts added web\/old-cart\.ts removed/,
    );
    assert.match(
      await text('Settings'),
      /services\.web\.replicas 2 3 services\.web\.env\.CART_KEY not set …/,
    );
    await page.getByLabel('What is new in it since').selectOption('Release 5');
    const asked = await server.nextAsked('/releases/7');
    assert.deepEqual(asked.search, { since: '5' });
    asked.json(200, changes({ since: 5, commits: [], files: [], settings: [], programs: [] }));
    await page.getByText('Nothing differs.').waitFor();
    assert.match(page.url(), /since=5$/);
    await close();
  });

  test('a promotion is asked for by keyboard alone, and told to its end; nothing before its plan is known', async () => {
    const { page, server, close } = await visitRelease({ first: shopPicture({ approvals: [] }) });
    await tabTo(page, 'Promote release 7 to production');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Promote release 7 to production?' });
    await dialog.getByText('Asking what exactly would be done…').waitFor();
    const yes = dialog.getByRole('button', { name: 'Promote to production' });
    assert.equal(await yes.getAttribute('aria-disabled'), 'true');
    await yes.focus();
    await page.keyboard.press('Enter');
    const planned = await server.nextAsked('/plan');
    assert.deepEqual(
      [planned.path, planned.search],
      [`${PRODUCTION}/plan`, { kind: 'promote', release: '7', from: 'staging' }],
    );
    assert.equal(server.unseen, 0, 'nothing is begun before it is known what');
    planned.json(200, movePlan());
    assert.match(await dialog.innerText(), /From\s+Release 6[\s\S]*To\s+Release 7/);
    await dialog.getByText('Instances are replaced of: web.').waitFor();
    await page.keyboard.press('Enter');
    const asked = await server.nextAsked('/promote');
    assert.deepEqual(asked.body, { from: 'staging', release: 7 });
    const [operation] = movePlan().operations;
    asked.line({ type: 'plan', operations: [operation!] });
    asked.line({ type: 'done', index: 0, operation: operation!, ms: 700 });
    const card = page.getByRole('article', { name: 'Bring release 7 to production' });
    await card.getByText('Start web 1/1 of release 7, wait until it is ready').waitFor();
    const waits = { ...approval(3), state: 'waiting' as const };
    const place = { system: 'shop', environment: 'production' };
    asked.line({
      type: 'result',
      place,
      release: 7,
      rollout: null,
      added: false,
      returned: false,
      approval: waits,
    });
    asked.end();
    await card.getByText('Waits for approval; nothing was begun').waitFor();
    await close();
  });

  test('a promotion that would be refused says why, and can’t be confirmed', async () => {
    const first = shopPicture({ approvals: [] });
    const { page, server, close } = await visitRelease({ first, expect: /422/ });
    await page.getByRole('button', { name: 'Promote release 7 to production' }).click();
    const error = {
      code: 'host-claimed',
      message: 'shop.localhost belongs to hello',
      next: 'Use another one.',
    };
    (await server.nextAsked('/plan')).json(422, { error });
    const dialog = page.getByRole('dialog');
    await dialog.getByText('shop.localhost belongs to hello').waitFor();
    assert.equal(
      await dialog.getByRole('button', { name: 'Promote to production' }).getAttribute('aria-disabled'),
      'true',
    );
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.equal(await focusedName(page), 'Promote release 7 to production');
    await close();
  });

  test('where it can’t go the way there says why', async () => {
    const targets = changes().targets.map((target) => ({
      ...target,
      problem: 'release 7 was never taken in staging',
    }));
    const { page, close } = await visitRelease(
      { first: shopPicture({ approvals: [] }) },
      { targets, takenIn: [] },
    );
    const way = page.getByRole('button', { name: 'Promote release 7 to production' });
    assert.equal(await way.isDisabled(), true);
    await page.getByText('release 7 was never taken in staging').first().waitFor();
    await close();
  });

  test('who may only look is offered nothing, and told who may', async () => {
    const prepare = (server: StandIn) =>
      server.standing.set('/api/me', () => me({ role: 'viewer', environment: '*' }));
    const home = await sight.visit({ first: picture({ systems: [tasks()] }), prepare });
    await home.page.getByText('You may look here, and change nothing.').waitFor();
    const offered = /Kill|Restart|Roll back|Take down|Run now|Apply|Scale|One more/;
    assert.doesNotMatch(await home.page.locator('main').innerText(), offered);
    assert.equal(await home.page.getByRole('button', { name: offered }).count(), 0);
    assert.equal(await home.page.getByRole('link', { name: 'Audit' }).count(), 0);
    await home.page.getByText('ada', { exact: true }).waitFor();
    await home.close();

    const { page, close } = await visitRelease({ first: shopPicture({ approvals: [] }), prepare });
    await page.getByText('A deployer of production may do this.').waitFor();
    assert.equal(
      await page.getByRole('button', { name: 'Promote release 7 to production' }).isDisabled(),
      true,
    );
    await close();

    const waits = await sight.visit({ first: shopPicture(), hash: '#/approvals', prepare });
    await waits.page.getByText('An admin of production decides.').waitFor();
    assert.equal(await waits.page.getByRole('button', { name: /Approve|Refuse/ }).count(), 0);
    await waits.close();
  });

  test('rights that change while the page is open are the page’s at its next connection', async () => {
    let grants = me({ role: 'deployer', environment: '*' });
    const prepare = (server: StandIn) => server.standing.set('/api/me', () => grants);
    const { page, server, close } = await sight.visit({ first: picture(), prepare, expect: /ERR_/ });
    await page.getByRole('button', { name: 'Restart all' }).waitFor();
    grants = me({ role: 'viewer', environment: '*' });
    server.cutStreams();
    await page.getByText('You may look here, and change nothing.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Restart all' }).count(), 0);
    await close();
  });

  test('a refusal of an approval is one call, and told', async () => {
    const { page, server, close } = await sight.visit({ first: shopPicture(), hash: '#/approvals' });
    await page.getByRole('button', { name: 'Refuse release 7 of shop in production' }).click();
    const asked = await server.nextAsked('/refuse');
    assert.equal(asked.path, '/api/approvals/1/refuse');
    asked.json(200, {});
    await page
      .getByRole('article', { name: 'Refuse release 7' })
      .getByText('Refused', { exact: true })
      .waitFor();
    server.show(shopPicture({ approvals: [] }));
    await page.getByText('Nothing waits for approval.').waitFor();
    await close();
  });
});

describe('the audit log on the live page', { skip: NO_BROWSER }, () => {
  before(() => sight.open());
  after(() => sight.close());

  test('page by page, of a system or an environment, and the address keeps the place', async () => {
    const { page, server, close } = await sight.visit({ first: shopPicture(), hash: '#/audit' });
    const asked = await server.nextAsked('/api/audit');
    assert.deepEqual(asked.search, { limit: '50' });
    asked.json(
      200,
      Array.from({ length: 50 }, (_, index) => entry(100 - index)),
    );
    const table = page.getByRole('table', { name: 'Who did what, newest first' });
    const row = (await table.getByRole('row').nth(1).innerText()).replace(/\s+/g, ' ');
    assert.match(row, /ada user · 192\.0\.2\.7 promote shop production from: staging release: 7 Done/);
    await page.getByRole('button', { name: 'Older' }).focus();
    await page.keyboard.press('Enter');
    const older = await server.nextAsked('/api/audit');
    assert.deepEqual(older.search, { before: '51', limit: '50' });
    older.json(200, [entry(50, { who: 'grace' })]);
    await table.getByText('grace').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Older' }).getAttribute('aria-disabled'), 'true');
    assert.equal(await focusedName(page), 'Older');
    await page.getByRole('combobox', { name: 'System' }).selectOption('shop');
    await page.getByLabel('Environment').selectOption('production');
    await page.getByRole('button', { name: 'Filter' }).click();
    const filtered = await server.nextAsked('/api/audit');
    assert.deepEqual(filtered.search, { system: 'shop', environment: 'production', limit: '50' });
    filtered.json(200, []);
    await page.getByText('Nothing is recorded of that.').waitFor();
    assert.match(page.url(), /#\/audit\?system=shop&environment=production$/);
    await close();
  });
});

async function visitRelease(options: VisitOptions, more: Parameters<typeof changes>[0] = {}) {
  const visit = await sight.visit({ hash: '#/systems/shop/releases/7', ...options });
  (await visit.server.nextAsked('/releases/7')).json(200, changes(more));
  await visit.page.getByRole('heading', { name: 'Where it runs' }).waitFor();
  return visit;
}
