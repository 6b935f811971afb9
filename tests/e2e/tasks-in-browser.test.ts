import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import '../../systems/tasks/tests/localhost-names.ts';
import { eventually } from '../../systems/tasks/tests/condition.ts';
import { openList } from '../../systems/tasks/tests/page-driver.ts';
import { startOpenMeteo } from '../../systems/tasks/weather/testing/open-meteo.ts';
import { copySystem } from '../copy-system.ts';
import { launchBrowser, NO_BROWSER } from './dashboard/browser.ts';
import { startEscale } from './escale.ts';

interface Todo {
  title: string;
  url: string;
}

test('tasks in a browser, through the gateway', { skip: NO_BROWSER }, async (t) => {
  const escale = await startEscale(t);
  const folder = copySystem('tasks', path.join(escale.folder, 'repository'));
  await escale.must(['up', '--detach', folder]);
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const url = `http://tasks.localhost:${escale.port}`;
  const weatherUrl = `http://weather.localhost:${escale.port}`;
  const system = { url, apiUrl: `${url}/api`, browser };

  for (const [locale, placeholder] of [
    ['en-GB', 'What needs to be done?'],
    ['fr-FR', 'Que faut-il faire ?'],
  ] as const)
    await t.test(`the page is in the language of a browser in ${locale}`, async (t) => {
      const { page, errors } = await openList(t, system, { locale });
      await page.getByPlaceholder(placeholder).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), locale.slice(0, 2));
      assert.deepEqual(errors, []);
    });

  await t.test('a to-do names the address at which the browser finds it', async (t) => {
    const { page } = await openList(t, system);
    const [todo, found] = await page.evaluate<[Todo, Todo]>(`(async () => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ title: 'has an address' });
      const todo = await (await fetch('/api/l/addresses/todos', { method: 'POST', headers, body })).json();
      return [todo, await (await fetch(todo.url)).json()];
    })()`);
    assert.match(todo.url, new RegExp(`^${url}/api/l/addresses/todos/\\d+$`));
    assert.deepEqual(found, todo);
  });

  await t.test('pages of another origin may ask the weather, and read every answer', async (t) => {
    const { page } = await openList(t, system);
    const ask = (query: string) =>
      page.evaluate<[number, Record<string, unknown>]>(`(async () => {
        const answer = await fetch('${weatherUrl}/weather/${query}', { headers: { 'content-type': 'application/json' } });
        return [answer.status, await answer.json()];
      })()`);
    const [status, weather] = await ask('?city=Paris');
    assert.deepEqual([status, weather.city, weather.source], [200, 'Paris', 'simulated']);
    assert.deepEqual(await ask('?city=Nowhere'), [404, { error: 'no city is called Nowhere' }]);
    assert.deepEqual(await ask(''), [400, { error: 'name a city: /weather/?city=Paris' }]);
  });

  await t.test('what is added in the browser are rows, also after a stop and a start', async (t) => {
    const { page, add, shows, item, stored } = await openList(t, system, { list: 'kept' });
    await add('walk the dog', 'feed the cat');
    await item(1).getByRole('checkbox').check();
    await eventually(async () => (await stored())[1]?.completed, true);
    const sql = "select title, completed from todos where list = 'kept' order by id";
    const rows = [
      ['walk the dog', 'f'],
      ['feed the cat', 't'],
    ];
    assert.deepEqual(await escale.rows('tasks', sql), rows);

    await escale.must(['down']);
    await escale.nothingLeft();
    const began = performance.now();
    await escale.must(['up', '--detach', folder]);
    t.diagnostic(`started again in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    assert.deepEqual(await escale.rows('tasks', sql), rows);
    await page.reload();
    await shows('walk the dog', 'feed the cat');
    await add('after the start');
    await eventually(async () => (await stored()).length, 3);
  });

  await t.test('while the source of the weather is down: 503, and the page says so', async (t) => {
    const openMeteo = await startOpenMeteo(t);
    openMeteo.mood = 'down';
    const { page, says } = await openList(t, system);
    await says('[data-testid=city]', 'Paris, France');
    takeWeatherFrom(folder, openMeteo.url);
    await escale.must(['deploy', folder]);
    const answer = await fetch(`${weatherUrl}/weather/?city=Paris`);
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    const body = (await answer.json()) as { error: string; last_known_age_seconds: number | null };
    assert.match(body.error, /Open-Meteo/);
    assert.equal(body.last_known_age_seconds, null);
    await page.getByLabel('City').fill('Lyon');
    await page.getByLabel('City').press('Enter');
    await says('.weather-message', 'The weather is not available right now.');
    await says('[data-testid=city]', 'Paris, France');
  });
});

/** Lets the weather service ask what speaks as Open-Meteo does, from the next deploy on. */
function takeWeatherFrom(folder: string, url: string): void {
  const file = path.join(folder, 'escale.config.ts');
  const env = `env: ${JSON.stringify({ WEATHER_SOURCE: 'open-meteo', OPEN_METEO_URL: url })},`;
  writeFileSync(file, readFileSync(file, 'utf8').replace("source: './weather',", `$& ${env}`));
}
