import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { startOpenMeteo } from '../weather/testing/open-meteo.ts';
import { eventually } from './condition.ts';
import { openList } from './page-driver.ts';
import { startSystem, withoutSystem } from './system.ts';

suite('the weather on the page', { skip: withoutSystem }, async () => {
  if (withoutSystem) return;
  const openMeteo = await startOpenMeteo({ after });
  const env = { WEATHER_SOURCE: 'open-meteo', OPEN_METEO_URL: openMeteo.url, WEATHER_FRESH_SECONDS: '0' };
  const system = await startSystem({ after }, env);

  test('a city is searched; one that is unknown, and a source that is down, keep the last', async (t) => {
    const { page, says } = await openList(t, system);
    const search = async (city: string) => {
      await page.getByLabel('City').fill(city);
      await page.getByLabel('City').press('Enter');
    };
    await says('[data-testid=city]', 'Paris, France');
    await search('grenoble');
    await says('[data-testid=city]', 'Grenoble, France');
    assert.match(
      await page.getByTestId('weather').innerText(),
      /-?\d+\s°C[\s\S]*Humidity \d+\s%[\s\S]*Wind \d+\skm\/h/,
    );
    assert.equal(await page.getByTestId('outlook').locator('li').count(), 5);
    assert.equal(await page.getByTestId('outlook').locator('svg').count(), 5);
    assert.match(await page.locator('.credits').innerText(), /Open-Meteo.*GeoNames/);

    await search('Nowhere-at-all');
    await says('.weather-message', 'No city of that name is known.');
    await search('');
    await says('.weather-message', 'Write the name of a city.');
    openMeteo.mood = 'down';
    await search('Lyon');
    await says('.weather-message', 'The weather is not available right now.');
    await says('[data-testid=city]', 'Grenoble, France');
    await search('Grenoble');
    await eventually(
      async () => /Last known: \d+ seconds? ago/.test(await page.locator('.weather-message').innerText()),
      true,
    );
    openMeteo.mood = 'well';
    await page.reload();
    await says('[data-testid=city]', 'Grenoble, France');
    assert.equal(await page.locator('.weather-message').isVisible(), false);
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
