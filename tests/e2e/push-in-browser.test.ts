import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { digestOfSources } from '../../src/server/api/dashboard-build.ts';
import { focusedName, launchBrowser, NO_BROWSER, tabTo } from './dashboard/browser.ts';
import { type Escale, startEscale, waitFor } from './escale.ts';

const run = promisify(execFile);
const DASHBOARD = path.join(import.meta.dirname, '..', '..', 'dashboard');
const PASSWORD = 'correct horse battery';

const FILE = {
  name: 'shop',
  services: { web: { command: 'node server.js', port: true, health: { ready: '/' } } },
  routes: { 'shop.localhost': 'web' },
  pipeline: { test: 'node --test', quality: false },
  environments: { staging: { branch: 'main' }, production: { promoteFrom: 'staging', approve: true } },
};
const server = (text: string) =>
  `require('node:http').createServer((_, answer) => answer.end('${text}')).listen(process.env.PORT, process.env.HOST);\n`;

/** A test that says that it waits, until a file beside it lets it go on to its end. */
const waiting = (sum: number) => `const { existsSync, writeFileSync } = require('node:fs');
require('node:test')('cart > adds', async () => {
  console.log('counting \\u001b[31mslowly\\u001b[0m <b>here</b>');
  writeFileSync('waits.txt', '');
  while (!existsSync('go.txt')) await new Promise((resolve) => setTimeout(resolve, 20));
  require('node:assert').equal(1 + 1, ${sum});
});
`;
const passing = `require('node:test')('cart > adds', () => require('node:assert').equal(1 + 1, 2));\n`;

test('from a push with a failing test to a promoted release and back, on the live page', {
  skip: NO_BROWSER,
}, async (t) => {
  const escale = await startEscale(t);
  await escale.must(['up', '--detach', escale.system('says-hello').folder]);
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const shop = await repository(escale);
  const ada = await visit(t, browser, shop.passwordLink);
  const owner = await visit(t, browser, (await escale.must(['open'])).stdout.trim());

  await t.test('a failing test is seen while it runs, and when it has failed', async () => {
    const { page } = ada;
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Pipelines' }).click();
    await page.getByText('No pipeline has run yet.').waitFor();
    const pushed = shop.push({ 'server.js': server('one'), 'cart.test.js': waiting(3) });
    await page.getByRole('link', { name: 'Run 1', exact: true }).click();
    const log = page.getByRole('region', { name: 'What test writes' });
    await log.getByText('counting slowly <b>here</b>').waitFor();
    const head = page.getByRole('region', { name: 'Run 1' }).locator('header');
    await head.getByText('Running', { exact: true }).waitFor();
    const box = await log.locator('pre').boundingBox();
    shop.letGo(1);
    const failed = page.getByRole('region', { name: '1 test failed' });
    await failed.getByText('cart > adds').waitFor();
    await failed.getByText('cart.test.js:2').waitFor();
    await head.getByText('Failed', { exact: true }).waitFor();
    const after = await log.locator('pre').boundingBox();
    assert.equal(after!.height, box!.height, 'the box of the log never grows');
    const opened = page.context().waitForEvent('page');
    await page.getByRole('link', { name: /Quality report/ }).click();
    const report = await opened;
    await report.getByText('cart > adds').first().waitFor();
    assert.equal(await report.evaluate('origin'), 'null', 'what others wrote has no rights here');
    await report.close();
    await pushed;
  });

  await t.test('the mended one goes to staging by itself', async () => {
    const { page } = ada;
    await shop.push({ 'cart.test.js': passing });
    await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: 'shop' }).click();
    const staging = page
      .getByRole('table', { name: 'Environments of shop' })
      .getByRole('row', { name: /^staging/ });
    await staging.getByText('Ready', { exact: true }).waitFor();
    assert.match(await staging.innerText(), /Release 1[\s\S]*Run 2[\s\S]*Succeeded/);
    assert.equal(await escale.body('staging.shop.localhost'), 'one');
  });

  await t.test('who may only ask asks, by keyboard alone; nothing is begun before the word', async () => {
    const { page } = ada;
    await page.locator('main').focus();
    await tabTo(page, 'Promote release 1 to production');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Promote release 1 to production?' });
    await dialog.getByText('An admin of production decides.').waitFor();
    await dialog.getByText('Instances are replaced of: web.').waitFor();
    await tabTo(page, 'Ask for approval');
    await page.keyboard.press('Enter');
    await page
      .getByRole('article', { name: 'Bring release 1 to production' })
      .getByText('Waits for approval')
      .waitFor();
    const status = await escale.status();
    assert.deepEqual(
      status.approvals.map(({ release }) => release),
      [1],
    );
    assert.equal(
      status.systems.some(({ environment }) => environment === 'production'),
      false,
    );
    assert.equal(await page.getByRole('button', { name: /^Approve/ }).count(), 0);
  });

  await t.test('an admin sees that it waits, and gives the word', async () => {
    const { page } = owner;
    await page.getByRole('link', { name: '1 approval waits' }).click();
    assert.equal(await focusedName(page), 'What waits for approval');
    await page.getByRole('button', { name: 'Approve release 1 of shop in production' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('nothing yet').waitFor();
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('article', { name: 'Approve release 1' }).getByText('Done in').waitFor();
    await page.getByText('Nothing waits for approval.').waitFor();
    assert.equal(await escale.body('production.shop.localhost'), 'one');
  });

  await t.test('what is new in the next one is shown, it is promoted, and taken back', async () => {
    const { page } = owner;
    await shop.push({ 'server.js': server('two') });
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Systems' }).click();
    const row = (environment: string) =>
      page
        .getByRole('table', { name: 'Environments of shop' })
        .getByRole('row', { name: new RegExp(`^${environment}`) });
    await row('staging').getByRole('link', { name: 'Release 2' }).click();
    assert.match(await page.getByRole('table', { name: 'Files' }).innerText(), /server\.js\s+changed/);
    await page.getByRole('table', { name: 'Commits' }).getByText('change').waitFor();
    await page.getByRole('button', { name: 'Promote release 2 to production' }).click();
    const dialog = page.getByRole('dialog', { name: 'Promote release 2 to production?' });
    assert.match(await dialog.innerText(), /From\s+Release 1[\s\S]*To\s+Release 2/);
    await dialog.getByText('Instances are replaced of: web.').waitFor();
    await dialog.getByRole('button', { name: 'Promote to production' }).click();
    await page.getByRole('article', { name: 'Bring release 2 to production' }).getByText('Done in').waitFor();
    assert.equal(await escale.body('production.shop.localhost'), 'two');

    await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: 'shop' }).click();
    await page
      .getByRole('table', { name: 'Releases of shop' })
      .first()
      .getByRole('link', { name: 'Release 1' })
      .click();
    await page.getByRole('button', { name: 'Return to release 1 in production' }).click();
    const back = page.getByRole('dialog', { name: 'Change the release of shop?' });
    await back.getByText('Instances are replaced of: web.').waitFor();
    await back.getByRole('button', { name: 'Go to release 1' }).click();
    await page.getByRole('article', { name: 'Go to release 1' }).getByText('Done in').waitFor();
    assert.equal(await escale.body('production.shop.localhost'), 'one');
  });

  await t.test('who did all that is written down, and shown to admins only', async () => {
    await owner.page.getByRole('link', { name: 'Audit' }).click();
    const table = owner.page.getByRole('table', { name: 'Who did what, newest first' });
    await table.waitFor();
    const text = await table.innerText();
    for (const what of [
      /owner[\s\S]*?rollback[\s\S]*?shop production[\s\S]*?to: 1/,
      /owner[\s\S]*?promote[\s\S]*?shop production[\s\S]*?release: 2/,
      /owner[\s\S]*?approve/,
      /ada[\s\S]*?promote/,
      /ada[\s\S]*?push shop[\s\S]*?refs\/heads\/main/,
    ])
      assert.match(text, what);
    await owner.page.getByLabel('Environment').selectOption('production');
    await owner.page.getByRole('button', { name: 'Filter' }).click();
    await table.getByText('push', { exact: true }).first().waitFor({ state: 'detached' });
    assert.equal(await ada.page.getByRole('link', { name: 'Audit' }).count(), 0);
    await ada.page.goto(`${new URL(ada.page.url()).origin}/#/audit`);
    await ada.page.getByText('ada is no admin in any environment').waitFor();
  });

  await t.test('whoever signs out is out', async () => {
    const { page } = ada;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Escale' }).waitFor();
    await page.goto(`${new URL(page.url()).origin}/`);
    await page.getByRole('heading', { name: 'Sign in to Escale' }).waitFor();
  });

  ada.nothingComplained(/403|401/);
  owner.nothingComplained();
});

/** A clone whose pushes ada's token lets in. */
async function repository(escale: Escale) {
  const added = await escale.must([
    ...['user', 'add', 'ada', '--json', '--grant', 'deployer:staging', '--grant', 'deployer:production'],
  ]);
  const { link: passwordLink } = JSON.parse(added.stdout) as { link: string };
  const made = await escale.must(['token', 'create', 'ci', '--user', 'ada', '--json']);
  const { token } = JSON.parse(made.stdout) as { token: string };
  const folder = path.join(escale.folder, 'clone');
  mkdirSync(folder);
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
  const git = (...words: string[]) =>
    run('git', ['-C', folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...words], { env });
  await git('init', '--quiet', '--initial-branch=main');
  await git('remote', 'add', 'escale', `http://ada:${token}@escale.localhost:${escale.port}/git/shop`);
  writeFileSync(path.join(folder, 'escale.yaml'), JSON.stringify(FILE));
  const push = async (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    await git('add', '--all');
    await git('commit', '--quiet', '-m', 'change');
    await git('push', 'escale', 'main');
  };
  const found = (number: number) =>
    globSync(path.join(escale.home, 'pipelines', String(number), '**', 'waits.txt'));
  const letGo = (number: number) => writeFileSync(path.join(path.dirname(found(number)[0]!), 'go.txt'), '');
  return { passwordLink, push, letGo };
}

/** Somebody who comes by the address that was made for them. */
async function visit(t: TestContext, browser: Browser, link: string) {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 } });
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await waitFor('the page is built', isBuilt, 90_000);
  await page.goto(link);
  if (link.includes('/password')) await choosePassword(page);
  await page.getByText('Live', { exact: true }).waitFor();
  const nothingComplained = (but = /^$/) =>
    assert.deepEqual(
      complaints.filter((text) => !but.test(text)),
      [],
    );
  return { page, nothingComplained };
}

async function choosePassword(page: Page): Promise<void> {
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('The same again').fill(PASSWORD);
  await page.keyboard.press('Enter');
}

/** What this clone has now, not what was built of it before. */
function isBuilt(): boolean {
  const stamp = path.join(DASHBOARD, 'dist', 'built-from');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digestOfSources(DASHBOARD);
}
