/** The behaviour of TodoMVC's page, in a real browser, on a real database. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, suite, test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from './condition.ts';
import { openList } from './page-driver.ts';
import { findSystem, withoutSystem } from './system.ts';

const three = ['buy some cheese', 'feed the cat', 'book a doctor'] as const;

/** The class of the element that has the focus. */
const focused = (page: Page) => page.evaluate<string>('document.activeElement?.className');

suite('the to-do page', { skip: withoutSystem }, async () => {
  if (withoutSystem) return;
  const system = await findSystem({ after });

  test('new to-dos are added at the end, the field is emptied, the database has them', async (t) => {
    const { page, add, shows, says, stored } = await openList(t, system);
    await page.getByPlaceholder('What needs to be done?').waitFor();
    assert.equal(await focused(page), 'new-todo');
    assert.equal(await page.locator('.main').isVisible(), false);
    assert.equal(await page.locator('.footer').isVisible(), false);
    await add(...three);
    await shows(...three);
    await says('.todo-count', '3 items left');
    assert.equal(await page.locator('.new-todo').inputValue(), '');
    assert.equal(await page.locator('.main').isVisible(), true);
    await eventually(async () => (await stored()).map(({ title }) => title), [...three]);
  });

  test('titles are trimmed, blank ones are nothing, and markup is text', async (t) => {
    const { add, shows, errors } = await openList(t, system);
    await add('   ', '  trimmed  ', '<img src=x onerror=alert(1)>');
    await shows('trimmed', '<img src=x onerror=alert(1)>');
    assert.deepEqual(errors, []);
  });

  test('one item is singular', async (t) => {
    const { add, says, item } = await openList(t, system);
    await add('one', 'two');
    await says('.todo-count', '2 items left');
    await item(0).getByRole('checkbox').check();
    await says('.todo-count', '1 item left');
    assert.equal(await item(0).getAttribute('class'), 'completed');
    await item(0).getByRole('checkbox').uncheck();
    await says('.todo-count', '2 items left');
    assert.equal(await item(0).getAttribute('class'), '');
  });

  test('toggle-all completes all and none, and follows the items', async (t) => {
    const { page, add, item, stored } = await openList(t, system);
    await add(...three);
    const all = page.getByLabel('Mark all as complete');
    await all.check();
    assert.equal(await page.locator('.todo-list li.completed').count(), 3);
    await item(1).getByRole('checkbox').uncheck();
    assert.equal(await all.isChecked(), false);
    await item(1).getByRole('checkbox').check();
    assert.equal(await all.isChecked(), true);
    await all.uncheck();
    assert.equal(await page.locator('.todo-list li.completed').count(), 0);
    await eventually(async () => (await stored()).map(({ completed }) => completed), [false, false, false]);
  });

  test('an edit is saved by Enter and by leaving, trimmed; emptied it removes; Escape keeps', async (t) => {
    const { page, add, shows, item, stored } = await openList(t, system);
    await add(...three);
    const edit = async (index: number, text: string, key: string | null) => {
      await page.getByTestId('todo-title').nth(index).dblclick();
      const field = item(index).getByRole('textbox', { name: 'Edit' });
      assert.equal(await focused(page), 'edit');
      assert.equal(await item(index).getByRole('checkbox').isVisible(), false);
      assert.equal(await item(index).locator('label').isVisible(), false);
      await field.fill(text);
      if (key === null) await field.blur();
      else await field.press(key);
    };
    await edit(1, '  buy some sausages ', 'Enter');
    await shows(three[0], 'buy some sausages', three[2]);
    await edit(1, 'by leaving', null);
    await shows(three[0], 'by leaving', three[2]);
    await edit(1, 'not this', 'Escape');
    await shows(three[0], 'by leaving', three[2]);
    await edit(1, '  ', 'Enter');
    await shows(three[0], three[2]);
    await eventually(async () => (await stored()).map(({ title }) => title), [three[0], three[2]]);
  });

  test('the keyboard suffices: space toggles, F2 edits, the button removes', async (t) => {
    const { page, add, shows, item } = await openList(t, system);
    await add('one', 'two');
    await item(0).getByRole('checkbox').focus();
    await page.keyboard.press('Space');
    assert.equal(await item(0).getAttribute('class'), 'completed');
    await page.keyboard.press('F2');
    await page.keyboard.type(' and a half');
    await page.keyboard.press('Enter');
    await shows('one and a half', 'two');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await shows('two');
  });

  test('routes filter, mark their link, and follow the back button', async (t) => {
    const { page, add, shows, item } = await openList(t, system);
    await add(...three);
    await item(1).getByRole('checkbox').check();
    const selected = () => page.locator('.filters .selected').allTextContents();
    await page.getByRole('link', { name: 'Active' }).click();
    await shows(three[0], three[2]);
    await page.getByRole('link', { name: 'Completed' }).click();
    await shows(three[1]);
    assert.deepEqual(await selected(), ['Completed']);
    assert.match(page.url(), /#\/completed$/);
    await page.goBack();
    await shows(three[0], three[2]);
    await page.getByRole('link', { name: 'All' }).click();
    await shows(...three);
    assert.deepEqual(await selected(), ['All']);
    await page.getByRole('link', { name: 'Active' }).click();
    await page.reload();
    await shows(three[0], three[2]);
    await item(0).getByRole('checkbox').click();
    await shows(three[2]);
  });

  test('completed ones are cleared, and the button is there only then', async (t) => {
    const { page, add, shows, item, stored } = await openList(t, system);
    await add(...three);
    const clear = page.getByRole('button', { name: 'Clear completed' });
    assert.equal(await clear.isVisible(), false);
    await item(1).getByRole('checkbox').check();
    await clear.click();
    await shows(three[0], three[2]);
    assert.equal(await clear.isVisible(), false);
    await eventually(async () => (await stored()).length, 2);
  });

  test('after a reload all is as it was, in another browser too, and both see changes live', async (t) => {
    const list = `shared-${randomUUID()}`;
    const one = await openList(t, system, { list });
    await one.add('one', 'two');
    await one.item(0).getByRole('checkbox').check();
    await eventually(async () => (await one.stored())[0]?.completed, true);
    await one.page.reload();
    await one.shows('one', 'two');
    const two = await openList(t, system, { list });
    await two.shows('one', 'two');
    assert.equal(await two.item(0).getAttribute('class'), 'completed');
    await two.add('three');
    await one.shows('one', 'two', 'three');
    await one.item(1).hover();
    await one.item(1).getByRole('button').click();
    await two.shows('one', 'three');
  });

  test('in French everything is French', async (t) => {
    const { page, add, says } = await openList(t, system, { locale: 'fr-FR' });
    assert.equal(await page.locator('html').getAttribute('lang'), 'fr');
    await page.getByPlaceholder('Que faut-il faire ?').waitFor();
    await add('une', 'deux');
    await says('.todo-count', '2 tâches restantes');
    await page.getByRole('link', { name: 'À faire' }).waitFor();
    await page.getByText('Humidité').waitFor();
    const text = await page.locator('body').innerText();
    assert.doesNotMatch(text, /\b(left|Weather|Wind|Completed|City|outlook|items?)\b/);
  });
});
