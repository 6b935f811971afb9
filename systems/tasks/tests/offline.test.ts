import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { eventually } from './condition.ts';
import { openList } from './page-driver.ts';
import { findSystem, startSystem, withoutOwnSystem, withoutSystem } from './system.ts';

/** What the page has noted to send, as text. */
const unsent =
  "Object.keys(localStorage).filter((key) => key.startsWith('tasks-unsent')).map((key) => localStorage[key])";

suite('the page without its services', { skip: withoutSystem }, async () => {
  if (withoutSystem) return;
  const system = await findSystem({ after });

  test('offline it says so, keeps working over a reload, and sends all when it can', async (t) => {
    const { page, add, shows, says, item, stored } = await openList(t, system, { serviceWorkers: 'allow' });
    await add('before');
    await eventually(async () => (await stored()).length, 1);
    await page.evaluate('navigator.serviceWorker.ready.then(() => null)');
    await page.reload();
    await shows('before');
    await page.context().setOffline(true);
    await add('meanwhile', 'gone again');
    await item(0).getByRole('checkbox').check();
    await item(2).hover();
    await item(2).getByRole('button').click();
    await says(
      '.notice',
      'Offline: your changes are kept here, and sent when the connection is back. (4 changes not sent yet)',
    );
    await page.reload();
    await shows('before', 'meanwhile');
    assert.deepEqual(await stored(), [{ title: 'before', completed: false }]);
    await page.context().setOffline(false);
    await eventually(stored, [
      { title: 'before', completed: true },
      { title: 'meanwhile', completed: false },
    ]);
    await eventually(() => page.locator('.notice').isVisible(), false);
    await shows('before', 'meanwhile');
  });

  test('a to-do whose answer was lost is sent again, and added once', async (t) => {
    const { page, add, shows, stored } = await openList(t, system);
    let posts = 0;
    await page.route(/\/todos$/, async (route) => {
      if (route.request().method() !== 'POST' || posts++ > 0) return route.continue();
      await route.fetch();
      return route.abort();
    });
    await add('once');
    await eventually(() => page.evaluate(unsent), ['[]']);
    assert.equal(posts, 2);
    await eventually(stored, [{ title: 'once', completed: false }]);
    await shows('once');
  });
});

suite('the page without its database', { skip: withoutOwnSystem }, async () => {
  if (withoutOwnSystem) return;
  const system = await startSystem({ after });

  test('while the database is away the page keeps changes, and sends them when it is back', async (t) => {
    const { page, add, shows, stored } = await openList(t, system);
    await add('before');
    await eventually(async () => (await stored()).length, 1);
    await system.postgres.kill();
    await add('meanwhile');
    await page.getByText('Offline:').waitFor();
    await shows('before', 'meanwhile');
    await system.postgres.start();
    await eventually(() => page.locator('.notice').isVisible(), false, 15_000);
    assert.deepEqual(
      (await stored()).map(({ title }) => title),
      ['before', 'meanwhile'],
    );
  });
});
