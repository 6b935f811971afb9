import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, NO_BROWSER } from './dashboard/browser.ts';
import { startEscale } from './escale.ts';

const PASSWORD = 'correct horse battery';

interface Visitor {
  locale?: string;
  scheme?: 'light' | 'dark';
  width?: number;
}

/** A visitor with no script at all, and what the browser complains of. */
async function visitor(browser: Browser, { locale = 'en-GB', scheme = 'light', width = 1280 }: Visitor = {}) {
  const context = await browser.newContext({
    ...{ locale, colorScheme: scheme, javaScriptEnabled: false, viewport: { width, height: 740 } },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (/policy|refused/i.test(message.text())) complaints.push(message.text());
  });
  return { page, complaints, close: () => context.close() };
}

/** Wider than the window: something would have to be scrolled to the side. */
function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}

test('signing in with a browser, through the gateway', { skip: NO_BROWSER }, async (t) => {
  const escale = await startEscale(t);
  const { folder } = escale.system('says-hello');
  await escale.must(['up', '--detach', folder]);
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const url = `http://escale.localhost:${escale.port}`;
  const add = async (name: string, ...grants: string[]) => {
    const { stdout } = await escale.must([
      'user',
      'add',
      name,
      '--json',
      ...grants.flatMap((grant) => ['--grant', grant]),
    ]);
    return (JSON.parse(stdout) as { link: string }).link;
  };
  const link = await add('ada', 'viewer:local');

  await t.test('a password is chosen behind the address, by keyboard alone', async () => {
    const { page, complaints, close } = await visitor(browser);
    await page.goto(link);
    await page.getByRole('heading', { name: 'Choose your password' }).waitFor();
    await page.getByLabel('Password').focus();
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Tab');
    await page.keyboard.type('something else');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The two are not the same.').waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByLabel('The same again').fill(PASSWORD);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/`);
    await page.goto(link);
    await page.getByRole('heading', { name: 'This address is used up' }).waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });

  for (const [locale, words] of [
    [
      'en-GB',
      {
        title: 'Sign in to Escale',
        name: 'Name',
        password: 'Password',
        enter: 'Sign in',
        wrong: /not right/,
      },
    ],
    [
      'fr-FR',
      {
        title: 'Connexion à Escale',
        name: 'Nom',
        password: 'Mot de passe',
        enter: 'Se connecter',
        wrong: /ne conviennent pas/,
      },
    ],
  ] as const)
    await t.test(`name and password, in ${locale}, at 360 px and in the dark`, async () => {
      const { page, complaints, close } = await visitor(browser, { locale, width: 360, scheme: 'dark' });
      await page.goto(`${url}/systems/anything`);
      await page.getByRole('heading', { name: words.title }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), locale.slice(0, 2));
      assert.equal(await isTooWide(page), false);
      await page.getByLabel(words.name).fill('ada');
      await page.getByLabel(words.password).fill('wrong');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText(words.wrong).waitFor();
      assert.equal(await page.getByLabel(words.name).inputValue(), 'ada');
      await page.getByLabel(words.password).fill(PASSWORD);
      await page.getByRole('button', { name: words.enter, exact: true }).click();
      await page.waitForURL(`${url}/`);
      assert.deepEqual(complaints, []);
      await close();
    });

  await t.test('a token is pasted; who may see nothing is told so, and leaves', async () => {
    await add('bob');
    const token = (await escale.must(['token', 'create', 'web', '--user', 'bob'])).stdout.trim();
    const { page, complaints, close } = await visitor(browser, { width: 360 });
    await page.goto(url);
    await page.getByLabel('Token').fill(token);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Nothing to see yet' }).waitFor();
    await page.getByText('escale user grant bob viewer:staging').waitFor();
    assert.equal(await isTooWide(page), false);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${url}/sign-in`);
    await page.getByRole('heading', { name: 'Sign in to Escale' }).waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });

  await t.test(
    'the address of `escale open` signs in as before, and all of it is in the audit log',
    async () => {
      const { page, close } = await visitor(browser);
      await page.goto((await escale.must(['open'])).stdout.trim());
      assert.equal(page.url(), `${url}/`);
      await close();
      const entries = (await escale.must(['audit', '--json'])).stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const said = entries.map(({ who, action, outcome, from }) =>
        [who, action, outcome, from.replace(/^(127\.0\.0\.1|::1)$/, 'here')].join(' '),
      );
      for (const expected of [
        'ada choose password done here',
        'ada sign in refused here',
        'ada sign in done here',
        'bob sign in done here',
        'owner sign in by link done here',
        'owner users add done socket',
      ])
        assert.ok(said.includes(expected), `${expected} is not in:\n${said.join('\n')}`);
    },
  );
});
