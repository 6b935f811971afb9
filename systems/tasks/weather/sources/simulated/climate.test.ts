import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionOf } from '../../forecast/conditions.ts';
import { hourAt } from './climate.ts';
import { daylightOf } from './sun.ts';

const hours = (latitude: number, start: string) =>
  Array.from({ length: 24 * 60 }, (_, hour) =>
    hourAt({ latitude, longitude: 10 }, Date.parse(start) / 1000 + hour * 3600),
  );
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const temperature = (latitude: number, start: string) =>
  mean(hours(latitude, start).map((hour) => hour.temperature));

test('summers are warmer than winters on both halves, and the equator warmer than the north', () => {
  assert.ok(temperature(48, '2026-06-15') > temperature(48, '2026-12-15') + 10);
  assert.ok(temperature(-35, '2026-12-15') > temperature(-35, '2026-06-15') + 5);
  assert.ok(temperature(0, '2026-06-15') > temperature(60, '2026-06-15'));
});

test('weather has variety, and every value stays in its range', () => {
  const all = [...hours(48, '2026-01-01'), ...hours(48, '2026-06-01'), ...hours(65, '2026-01-01')];
  const conditions = new Set(all.map(({ code }) => conditionOf(code)));
  for (const name of ['clear', 'clouds', 'drizzle', 'rain', 'snow'] as const)
    assert.ok(conditions.has(name), name);
  for (const hour of all) {
    assert.ok(hour.humidity >= 0 && hour.humidity <= 100);
    assert.ok(hour.cloud >= 0 && hour.cloud <= 100);
    assert.ok(hour.windDirection >= 0 && hour.windDirection <= 360);
  }
});

test('the sun over Paris and over the pole', () => {
  const midnight = Date.parse('2026-06-21T00:00+02:00') / 1000;
  const { daylight, sunrise } = daylightOf({ latitude: 48.85, longitude: 2.35 }, midnight);
  assert.ok(Math.abs(daylight / 3600 - 16.17) < 0.2);
  assert.ok(Math.abs(sunrise! - Date.parse('2026-06-21T05:47+02:00') / 1000) < 900);
  assert.deepEqual(daylightOf({ latitude: 89, longitude: 0 }, midnight), {
    sunrise: null,
    sunset: null,
    daylight: 86_400,
  });
});
