import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import type { Page } from 'playwright-core';
import { startOpenMeteo } from '../weather/testing/open-meteo.ts';
import { eventually } from './condition.ts';
import { openList } from './page-driver.ts';
import { findSystem, startSystem, withoutOwnSystem, withoutSystem } from './system.ts';

async function search(page: Page, city: string): Promise<void> {
  await page.getByLabel('City').fill(city);
  await page.getByLabel('City').press('Enter');
}

suite('the weather on the page', { skip: withoutSystem }, async () => {
  if (withoutSystem) return;
  const system = await findSystem({ after });

  test('a city is searched; one that is unknown, and none, keep the last', async (t) => {
    const { page, says } = await openList(t, system);
    await says('[data-testid=city]', 'Paris, France');
    await search(page, 'grenoble');
    await says('[data-testid=city]', 'Grenoble, France');
    assert.match(
      await page.getByTestId('weather').innerText(),
      /-?\d+\s°C[\s\S]*Humidity \d+\s%[\s\S]*Wind \d+\skm\/h/,
    );
    await eventually(() => page.getByTestId('outlook').locator('li').count(), 5);
    assert.equal(await page.getByTestId('outlook').locator('svg').count(), 5);
    assert.match(await page.locator('.credits').innerText(), /GeoNames/);

    await search(page, 'Nowhere-at-all');
    await says('.weather-message', 'No city of that name is known.');
    await search(page, '');
    await says('.weather-message', 'Write the name of a city.');
    await says('[data-testid=city]', 'Grenoble, France');
  });

  test('names are suggested while they are typed', async (t) => {
    const { page } = await openList(t, system);
    await page.getByLabel('City').fill('Saint-Den');
    const suggested = () =>
      page
        .locator('#cities option')
        .evaluateAll((options) => options.map((one) => one.getAttribute('value')));
    await eventually(async () => (await suggested()).includes('Saint-Denis'), true);
  });
});

suite('the weather on the page, from Open-Meteo', { skip: withoutOwnSystem }, async () => {
  if (withoutOwnSystem) return;
  const openMeteo = await startOpenMeteo({ after });
  const env = { WEATHER_SOURCE: 'open-meteo', OPEN_METEO_URL: openMeteo.url, WEATHER_FRESH_SECONDS: '0' };
  const system = await startSystem({ after }, env);

  test('while it is down the page keeps the last, and says how old that is', async (t) => {
    const { page, says } = await openList(t, system);
    await search(page, 'grenoble');
    await says('[data-testid=city]', 'Grenoble, France');
    assert.match(await page.locator('.credits').innerText(), /Open-Meteo.*GeoNames/);
    openMeteo.mood = 'down';
    await search(page, 'Lyon');
    await says('.weather-message', 'The weather is not available right now.');
    await says('[data-testid=city]', 'Grenoble, France');
    await search(page, 'Grenoble');
    await eventually(
      async () => /Last known: \d+ seconds? ago/.test(await page.locator('.weather-message').innerText()),
      true,
    );
    openMeteo.mood = 'well';
    await page.reload();
    await says('[data-testid=city]', 'Grenoble, France');
    assert.equal(await page.locator('.weather-message').isVisible(), false);
  });
});
