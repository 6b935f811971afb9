import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { RowsQuestion } from '../../dashboard/src/api/types.ts';
import type { RowsQuery } from '../../src/core/contracts/index.ts';
import type { RowsAnswer } from '../../src/server/api/types.ts';
import { focusedName, NO_BROWSER, Sight, tabTo, type VisitOptions } from './dashboard/browser.ts';
import { picture, resource, rows, table, tasks } from './dashboard/pictures.ts';
import type { StandIn } from './dashboard/stand-in.ts';

/** What the page asks is what the server reads: checked by the compiler. */
export const asksRows: (question: RowsQuestion) => RowsQuery = (question) => question;
const sight = new Sight();
const DB = '/api/systems/tasks/environments/local/databases/db';
const TODOS = '#/databases/local/tasks/db/public/todos';
const BEGINNING: RowsQuestion = {
  ...{ schema: 'public', table: 'todos', filter: [], order: null },
  ...{ offset: 0, limit: 50 },
};

describe('a look into a database on the live page', { skip: NO_BROWSER }, () => {
  before(() => sight.open());
  after(() => sight.close());

  test('from a resource to its tables to its rows and back, by keyboard alone', async () => {
    const { page, server, close } = await visit();
    await page.getByRole('link', { name: 'Look inside db' }).waitFor();
    await tabTo(page, 'Look inside db');
    await page.keyboard.press('Enter');
    const asked = await server.nextAsked();
    assert.deepEqual([asked.path, asked.body], [`${DB}/tables`, null]);
    await page.getByText('Reading…').waitFor();
    assert.equal(await focusedName(page), 'Inside db');
    const view = table('todo_counts', {
      ...{ schema: 'ops', kind: 'view', rows: null, bytes: 0 },
      columns: [],
    });
    asked.json(200, [table('todos'), view]);
    const list = page.getByRole('table', { name: 'Tables of db' });
    await list.waitFor();
    const texts = await list.getByRole('row').allInnerTexts();
    assert.match(texts[1]!, /todos\s+public\s+table\s+about 1,204\s+98 kB/);
    assert.match(texts[2]!, /todo_counts\s+ops\s+view\s+not counted\s+0 kB/);
    await page.getByRole('status').getByText('2 tables.').waitFor();
    assert.equal(await page.title(), 'db · Escale');

    await tabTo(page, 'todos');
    await page.keyboard.press('Enter');
    const first = await server.nextAsked('/rows');
    assert.deepEqual([first.path, first.body], [`${DB}/rows`, BEGINNING]);
    first.json(200, rows(0, 3));
    const grid = page.getByRole('table', { name: 'Rows of todos' });
    await grid.waitFor();
    assert.equal(await grid.getByRole('row').count(), 4);
    assert.equal(await focusedName(page), 'todos');
    await page.getByRole('status').getByText('Rows 1 to 3, the last ones.').waitFor();

    await page.goBack();
    await list.waitFor();
    await page.goBack();
    await page.getByRole('article', { name: 'db' }).waitFor();
    assert.equal(await focusedName(page), 'Look inside db');
    assert.equal(await page.title(), 'all ready · Escale');
    await close();
  });

  test('only kinds that have tables can be looked into, and only while the system is up', async () => {
    const first = picture({ systems: [tasks({ resources: [resource('files', { type: 'bucket' })] })] });
    const { page, server, close } = await sight.visit({ first });
    await page.getByRole('article', { name: 'files' }).waitFor();
    server.show(picture({ systems: [tasks({ up: false, state: 'down' })] }));
    await page.getByRole('article', { name: 'db' }).waitFor();
    assert.equal(await page.getByText('Look inside').count(), 0);
    await close();
  });

  test('columns are told: type, key, whether they may be NULL, and what they are by default', async () => {
    const { page, close } = await visitTodos(rows(0, 1));
    await page.getByText('3 columns').click();
    const texts = await page
      .getByRole('table', { name: 'Columns of todos' })
      .getByRole('row')
      .allInnerTexts();
    assert.match(texts[1]!, /id key\s+integer\s+never\s+none/);
    assert.match(texts[2]!, /title\s+text\s+never\s+''::text/);
    assert.match(texts[3]!, /due\s+date\s+allowed\s+none/);
    await close();
  });

  test('pages are turned until there are no more, and Back and a reload keep the place', async () => {
    const { page, server, close } = await visitTodos(rows(0, 50, { truncated: true }));
    const previous = page.getByRole('button', { name: 'Previous' });
    const next = page.getByRole('button', { name: 'Next' });
    await page.getByText('Rows 1 to 50', { exact: true }).waitFor();
    assert.equal(await previous.getAttribute('aria-disabled'), 'true');
    await next.focus();
    await page.keyboard.press('Enter');
    const second = await server.nextAsked('/rows');
    assert.deepEqual(second.body, { ...BEGINNING, offset: 50 });
    second.json(200, rows(50, 7));
    await page.getByText('Rows 51 to 57, the last ones', { exact: true }).waitFor();
    assert.equal(await next.getAttribute('aria-disabled'), 'true');
    assert.equal(await focusedName(page), 'Next');
    await page.keyboard.press('Enter');
    assert.equal(server.unseen, 0);

    await page.reload();
    const again = await server.nextAsked('/rows');
    assert.deepEqual(again.body, { ...BEGINNING, offset: 50 });
    again.json(200, rows(50, 7));
    await page.getByRole('cell', { name: 'task 57' }).waitFor();
    await page.goBack();
    const back = await server.nextAsked('/rows');
    assert.deepEqual(back.body, BEGINNING);
    back.json(200, rows(0, 50, { truncated: true }));
    await page.getByRole('cell', { name: 'task 1', exact: true }).waitFor();
    await close();
  });

  test('rows too long for a page make short pages, none is lost', async () => {
    const { page, server, close } = await visitTodos(rows(0, 2, { truncated: true }));
    await page.getByRole('button', { name: 'Next' }).click();
    const second = await server.nextAsked('/rows');
    assert.deepEqual(second.body, { ...BEGINNING, offset: 2 });
    second.json(200, rows(2, 0, { truncated: true }));
    await page.getByText('The next row is too long to be shown.').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    assert.deepEqual((await server.nextAsked('/rows')).body, { ...BEGINNING, offset: 3 });
    await close();
  });

  test('a column’s heading orders by it: up, down, as it comes', async () => {
    const { page, server, close } = await visitTodos(rows(0, 3));
    const heading = page.getByRole('columnheader', { name: 'title' });
    for (const [sort, order] of [
      ['ascending', { column: 'title', descending: false }],
      ['descending', { column: 'title', descending: true }],
      ['none', null],
    ] as const) {
      await page.getByRole('button', { name: 'Order by title' }).focus();
      await page.keyboard.press('Enter');
      const asked = await server.nextAsked('/rows');
      assert.deepEqual(asked.body, { ...BEGINNING, order });
      asked.json(200, rows(0, 3));
      await page.locator('[aria-busy=false] .grid').waitFor();
      assert.equal(await heading.getAttribute('aria-sort'), sort);
      assert.equal(await focusedName(page), 'Order by title');
    }
    await close();
  });

  test('a filter is a column and a text; it begins at the first page, and can be cleared', async () => {
    const { page, server, close } = await visitTodos(rows(50, 50, { truncated: true }), `${TODOS}?offset=50`);
    const form = page.getByRole('form', { name: 'Filter' });
    await form.getByLabel('Column').selectOption('title');
    await form.getByLabel('contains').fill('50%_\\');
    await page.keyboard.press('Enter');
    const asked = await server.nextAsked('/rows');
    assert.deepEqual(asked.body, { ...BEGINNING, filter: [{ column: 'title', contains: '50%_\\' }] });
    asked.json(200, rows(0, 0));
    await page.getByText('No row of it contains that text there.').waitFor();
    await form.getByRole('button', { name: 'Clear' }).click();
    assert.deepEqual((await server.nextAsked('/rows')).body, BEGINNING);
    await page.goBack();
    await server.nextAsked('/rows');
    assert.equal(await form.getByLabel('contains').inputValue(), '50%_\\');
    await close();
  });

  test('NULL, an empty text and the text NULL are three things; a long value is cut and can be seen whole', async () => {
    const long = `${'word '.repeat(40)}\nlast line \u{1F600}`;
    const values = [null, '', 'NULL', long, `${'x'.repeat(79)}\u{1F600}${'y'.repeat(9)}`];
    const { page, close } = await visitTodos(
      rows(0, 0, { rows: values.map((value, index) => [String(index), value, null]) }),
    );
    const cell = (row: number) => page.locator('.grid tbody tr').nth(row).locator('td').nth(1);
    assert.match(await cell(0).innerText(), /^NULL\s*\(no value\)$/);
    assert.equal(await cell(1).innerText(), 'empty text');
    assert.equal(await cell(2).innerText(), 'NULL');
    assert.equal(await cell(2).locator('.no-value').count(), 0);
    assert.match(await cell(3).innerText(), /^(word ){15,16}.*…\s+\d+ characters$/);
    await cell(3).locator('summary').focus();
    await page.keyboard.press('Enter');
    assert.equal(await cell(3).locator('pre').innerText(), long);
    assert.match(await cell(4).innerText(), /^x{79}…/);
    await close();
  });

  test('an answer that comes late does not stand in for a newer one', async () => {
    const { page, server, close } = await visitTodos(rows(0, 50, { truncated: true }), TODOS, /ERR_/);
    await page.getByRole('button', { name: 'Next' }).click();
    const late = await server.nextAsked('/rows');
    await page.getByRole('button', { name: 'Order by title' }).click();
    const newer = await server.nextAsked('/rows');
    newer.json(200, rows(900, 3));
    await page.getByRole('cell', { name: 'task 901' }).waitFor();
    if (late.isAwaited()) late.json(200, rows(50, 3));
    await page.getByRole('button', { name: 'Read again' }).click();
    (await server.nextAsked('/rows')).json(200, rows(1000, 3));
    await page.getByRole('cell', { name: 'task 1001' }).waitFor();
    assert.equal(await page.getByRole('cell', { name: 'task 51' }).count(), 0);
    await close();
  });

  test('a table that was left shows nothing of itself in the next one', async () => {
    const { page, server, close } = await visitTodos(rows(0, 3));
    await page.evaluate("location.hash = '#/databases/local/tasks/db/public/others'");
    await page.getByRole('heading', { name: 'others' }).waitFor();
    assert.equal(await page.getByRole('cell', { name: 'task 1' }).count(), 0);
    (await server.nextAsked('/rows')).json(200, rows(0, 0));
    await page.getByText('The table has no rows.').waitFor();
    await close();
  });

  test('an error is said with its next step, in the language of the reader, and reading again mends it', async () => {
    const error = {
      ...{ code: 'database-away', message: 'db: nothing listens on 127.0.0.1:20100', place: 'db' },
      next: 'Look at `escale status`; for one that exists elsewhere, check its address.',
    };
    for (const [locale, texts, again] of [
      ['en-GB', [error.message, 'Look at escale status; for one'], 'Read again'],
      ['fr-FR', ['db : rien n’écoute sur 127.0.0.1:20100', 'Regardez escale status ;'], 'Relire'],
    ] as const) {
      const { page, server, close } = await visit({ locale, expect: /503/ });
      await go(page, TODOS);
      (await server.nextAsked('/tables')).json(503, { error });
      (await server.nextAsked('/rows')).json(503, { error });
      for (const text of texts) await page.getByRole('main').getByText(text).waitFor();
      await page.getByRole('status').getByText(texts[0]).waitFor();
      await page.getByText('database-away', { exact: true }).waitFor();
      await page.getByRole('button', { name: again }).click();
      (await server.nextAsked('/tables')).json(200, [table('todos')]);
      (await server.nextAsked('/rows')).json(200, rows(0, 1));
      await page.getByRole('cell', { name: 'task 1' }).waitFor();
      assert.equal(await page.locator('.problem').count(), 0);
      await close();
    }
  });

  test('that no answer comes is said, too', async () => {
    const { page, close } = await visit({ expect: /ERR_/ });
    await page.route('**/tables', (request) => request.abort());
    await go(page, '#/databases/local/tasks/db');
    await page.getByRole('main').getByText('No answer came. Read again in a moment.').waitFor();
    await close();
  });

  test('is in French for those who read French, whole', async () => {
    const { page, close } = await visitTodos(rows(0, 3), TODOS, undefined, 'fr-CA');
    await page.getByText('3 colonnes').click();
    const text = await page.getByRole('main').innerText();
    assert.match(text, /lecture seule[\s\S]*lignes : environ 1\s204/);
    assert.doesNotMatch(text, /\b(rows?|columns?|contains|Filter|Previous|Next|Read|key|never|none|size)\b/);
    await close();
  });

  test('names and values from elsewhere are text and nothing else, in the address too', async () => {
    const evil = '<img src=x onerror=alert(1)>\u202egnp.exe/?#%';
    const { page, server, close } = await visit();
    await go(page, '#/databases/local/tasks/db');
    const column = { name: evil, type: evil, nullable: true, default: evil, key: true };
    (await server.nextAsked('/tables')).json(200, [table(evil, { schema: evil, columns: [column] })]);
    await page.getByRole('link', { name: '<img src=x onerror=alert(1)>\ufffdgnp.exe/?#%' }).click();
    const asked = await server.nextAsked('/rows');
    assert.deepEqual(asked.body, { ...BEGINNING, schema: evil, table: evil });
    asked.json(200, rows(0, 0, { columns: [{ name: evil, type: evil }], rows: [[evil], [evil.repeat(9)]] }));
    await page.getByRole('button', { name: /Order by/ }).click();
    const ordered = await server.nextAsked('/rows');
    assert.deepEqual((ordered.body as RowsQuestion).order, { column: evil, descending: false });
    ordered.json(
      200,
      rows(0, 0, { columns: [{ name: evil, type: evil }], rows: [[evil], [evil.repeat(9)]] }),
    );
    await page.locator('.long-value summary').click();
    await page.getByText('1 column', { exact: true }).click();
    assert.equal(await page.locator('img, iframe, script:not([src])').count(), 0);
    assert.doesNotMatch(await page.locator('body').innerText(), /[\u202a-\u202e\u2066-\u2069\u001b]/);
    await close();
  });

  for (const scheme of ['light', 'dark'] as const)
    test(`fits 360 px, the grid scrolls by itself (${scheme})`, async () => {
      const wide = rows(0, 50, { truncated: true });
      const more = Array.from({ length: 20 }, (_, index) => ({ name: `column_${index}`, type: 'text' }));
      wide.columns.push(...more);
      wide.rows = wide.rows.map((row) => [...row, ...more.map(() => 'some words of text')]);
      const { page, close } = await visitTodos(wide, TODOS, undefined, 'fr-FR', { scheme, width: 360 });
      const wider = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      assert.equal(await page.evaluate(wider), 0);
      const scrolls = "(box => box.scrollWidth > box.clientWidth)(document.querySelector('.grid-box'))";
      assert.equal(await page.evaluate(scrolls), true);
      assert.ok((await page.evaluate<number>('document.documentElement.scrollHeight')) < 1600);
      const box = page.getByRole('region', { name: 'Lignes de todos' });
      assert.equal(await box.getAttribute('tabindex'), '0');
      assert.equal(await page.getByRole('button', { name: 'Trier par title' }).isVisible(), true);
      await close();
    });

  test('the skip link goes to the tables and leaves the address alone', async () => {
    const { page, close } = await visitTodos(rows(0, 1));
    await page.reload();
    await tabTo(page, 'Skip to the tables');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.id'), 'systems');
    assert.ok(page.url().endsWith(TODOS));
    await close();
  });
});

function visit(options: Partial<VisitOptions> = {}) {
  return sight.visit({ first: picture({ systems: [tasks()] }), ...options });
}

/** As if the address had been typed. */
async function go(page: Page, hash: string): Promise<void> {
  await page.getByRole('heading', { level: 2 }).first().waitFor();
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
}

/** The page with the table `todos`, its first answer given. */
async function visitTodos(
  answer: RowsAnswer,
  hash = TODOS,
  expect?: RegExp,
  locale?: string,
  more: Partial<VisitOptions> = {},
): Promise<{ page: Page; server: StandIn; close: () => Promise<void> }> {
  const visited = await visit({ ...more, ...(expect ? { expect } : {}), ...(locale ? { locale } : {}) });
  const { page, server } = visited;
  server.standing.set('/tables', () => [table('todos')]);
  await go(page, hash);
  (await server.nextAsked('/rows')).json(200, answer);
  await page.locator('[aria-busy=false] .grid').waitFor();
  return visited;
}
