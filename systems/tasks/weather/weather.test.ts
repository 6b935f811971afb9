import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Place } from './places/gazetteer.ts';
import type { Block, Forecast } from './sources/source.ts';
import { startServer } from './testing/instance.ts';

/** Where a weather service is that is tested instead of one of the test's own. */
const delivered = process.env.TASKS_WEATHER_URL;

const weather = delivered ? { url: delivered } : await startServer({ after });

/** All that the answers may hold; a test reads what it asked for. */
type Body = Required<Forecast> & {
  hourly: Block & Record<'time', string[]> & Record<'temperature_2m', number[]>;
  daily: Block & Record<'time' | 'sunrise', string[]>;
  city: string;
  temperature: number;
  humidity: number;
  wind_speed: number;
  weather: string;
  error: unknown;
  reason: unknown;
  results?: (Place & { population: number })[];
};

async function get<Shape = Body>(path: string) {
  const response = await fetch(weather.url + path);
  return { status: response.status, headers: response.headers, body: (await response.json()) as Shape };
}

test('the weather of a city', async () => {
  const { status, body, headers } = await get('/weather/?city=Paris');
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body), ['city', 'temperature', 'humidity', 'wind_speed', 'weather', 'source']);
  assert.equal(body.city, 'Paris');
  assert.ok(body.temperature > -60 && body.temperature < 60);
  assert.ok(body.humidity >= 0 && body.humidity <= 100);
  assert.ok(body.wind_speed >= 0 && body.wind_speed < 150);
  assert.match(body.weather, /^(clear|clouds|fog|drizzle|rain|snow|thunderstorm)$/);
  assert.equal(body.source, 'simulated');
  assert.equal(headers.get('access-control-allow-origin'), '*');
});

test('case, accents, hyphens and a missing slash do not matter', async () => {
  for (const name of ['SAINT-ETIENNE', 'saint étienne', ' Saint-Étienne '])
    assert.equal((await get(`/weather?city=${encodeURIComponent(name)}`)).body.city, 'Saint-Étienne');
});

test('no city is 400, an unknown one 404, each with an error', async () => {
  const none = [await get('/weather/'), await get('/weather/?city='), await get('/weather/?city=%20')];
  assert.deepEqual(
    none.map(({ status }) => status),
    [400, 400, 400],
  );
  assert.equal(typeof none[0]!.body.error, 'string');
  const unknown = await get('/weather/?city=Nowhere-at-all');
  assert.equal(unknown.status, 404);
  assert.deepEqual(unknown.body, { error: 'no city is called Nowhere-at-all' });
  assert.equal((await get(`/weather/?city=${'x'.repeat(5000)}`)).status, 404);
});

test('the same hour at the same place is the same weather, elsewhere it is another', async () => {
  const ask = async (latitude: number) =>
    (await get(`/v1/forecast?latitude=${latitude}&longitude=2&hourly=temperature_2m`)).body.hourly
      .temperature_2m;
  assert.deepEqual(await ask(48.85), await ask(48.85));
  assert.notDeepEqual(await ask(48.85), await ask(43.3));
});

test('a forecast has the shape of Open-Meteo: arrays parallel to time, and units', async () => {
  const { body } = await get(
    '/v1/forecast?latitude=48.85&longitude=2.35&timezone=auto&forecast_days=3&current=temperature_2m,weather_code' +
      '&hourly=temperature_2m,wind_speed_10m&daily=sunrise,temperature_2m_max,temperature_2m_min,weather_code',
  );
  assert.equal(body.timezone, 'Europe/Paris');
  assert.ok([3600, 7200].includes(body.utc_offset_seconds));
  assert.equal(body.hourly.time.length, 72);
  assert.equal(body.hourly.temperature_2m.length, 72);
  assert.equal(body.daily.time.length, 3);
  assert.match(body.hourly.time[0]!, /^\d{4}-\d\d-\d\dT00:00$/);
  assert.equal(body.daily.time[0], body.hourly.time[0]?.slice(0, 10));
  assert.deepEqual(body.hourly_units, { time: 'iso8601', temperature_2m: '°C', wind_speed_10m: 'km/h' });
  assert.equal(body.daily_units.sunrise, 'iso8601');
  assert.equal(body.current.interval, 900);
  assert.equal(body.current_units.weather_code, 'wmo code');
  for (const day of [0, 1, 2]) {
    const hours: number[] = body.hourly.temperature_2m.slice(day * 24, day * 24 + 24);
    assert.equal(body.daily.temperature_2m_max?.[day], Math.max(...hours));
    assert.equal(body.daily.temperature_2m_min?.[day], Math.min(...hours));
    assert.equal(body.daily.sunrise[day]?.slice(0, 10), body.daily.time[day]);
  }
});

test('units are those asked for', async () => {
  const at = '/v1/forecast?latitude=10&longitude=10&forecast_days=1&hourly=temperature_2m,wind_speed_10m';
  const [plain, other] = [
    (await get(at)).body,
    (await get(`${at}&temperature_unit=fahrenheit&wind_speed_unit=kn&timeformat=unixtime`)).body,
  ];
  assert.deepEqual(other.hourly_units, { time: 'unixtime', temperature_2m: '°F', wind_speed_10m: 'kn' });
  assert.equal(Number(other.hourly.time[1]) - Number(other.hourly.time[0]), 3600);
  const fahrenheit = plain.hourly.temperature_2m[5]! * 1.8 + 32;
  assert.ok(Math.abs(other.hourly.temperature_2m[5]! - fahrenheit) < 0.15);
});

test('a list of points gets a list, a week is the default, and no days are possible', async () => {
  const { body } = await get<(Body & { location_id?: number })[]>(
    '/v1/forecast?latitude=1,2&longitude=3,4&daily=weather_code',
  );
  assert.deepEqual(
    body.map((one) => one.latitude),
    [1, 2],
  );
  assert.equal(body[1]?.location_id, 1);
  assert.equal(body[0]?.daily.time.length, 7);
  const none = await get('/v1/forecast?latitude=1&longitude=3&daily=weather_code&forecast_days=0');
  assert.deepEqual(none.body.daily.time, []);
});

for (const query of [
  '',
  'latitude=1',
  'latitude=91&longitude=1',
  'latitude=x&longitude=1',
  'latitude=1,2&longitude=1',
  'latitude=1&longitude=1&forecast_days=17',
  'latitude=1&longitude=1&forecast_days=-1',
  'latitude=1&longitude=1&hourly=temperature',
  'latitude=1&longitude=1&daily=constructor',
  'latitude=1&longitude=1&timezone=Mars/Olympus',
  'latitude=1&longitude=1&temperature_unit=kelvin',
])
  test(`a forecast refuses "${query}" with 400 and a reason`, async () => {
    const { status, body } = await get(`/v1/forecast?${query}`);
    assert.equal(status, 400);
    assert.equal(body.error, true);
    assert.equal(typeof body.reason, 'string');
  });

test('search finds places by name, the most populous first', async () => {
  const { body } = await get('/v1/search?name=paris&language=fr');
  assert.equal(body.results?.length, 10);
  const { population: _, ...paris } = body.results[0]!;
  assert.deepEqual(paris, {
    id: 2988507,
    name: 'Paris',
    latitude: 48.85341,
    longitude: 2.3488,
    elevation: null,
    feature_code: 'PPLC',
    country_code: 'FR',
    country_id: null,
    country: 'France',
    timezone: 'Europe/Paris',
  });
  assert.equal(typeof body.generationtime_ms, 'number');
});

test('search: two letters match exactly, three begin, four may slip, and nothing found has no results', async () => {
  const names = async (query: string): Promise<string[] | undefined> =>
    (await get(`/v1/search?${query}`)).body.results?.map(({ name }) => name);
  assert.deepEqual([...new Set(await names('name=Au'))], ['Au']);
  assert.ok((await names('name=Grenob'))?.includes('Grenoble'));
  assert.ok((await names('name=Grenobel'))?.includes('Grenoble'));
  assert.equal((await names('name=Paris&count=3'))?.length, 3);
  assert.equal(await names('name=Nowhere-at-all'), undefined);
  assert.equal(await names('name=P'), undefined);
});

test('search refuses with 400', async () => {
  for (const query of ['', 'name=Paris&count=0', 'name=Paris&count=101', 'name=Paris&count=x']) {
    const { status, body } = await get(`/v1/search?${query}`);
    assert.equal(status, 400);
    assert.equal(body.error, true);
  }
});

test('other origins may call', async () => {
  const response = await fetch(`${weather.url}/weather/`, { method: 'OPTIONS' });
  assert.equal(response.status, 204);
  assert.equal(response.headers.get('access-control-allow-origin'), '*');
  assert.equal(response.headers.get('access-control-allow-headers'), 'Content-Type');
  assert.equal((await get('/v1/search')).headers.get('access-control-allow-origin'), '*');
});

test('probes and metrics', async () => {
  assert.equal((await get('/livez')).status, 200);
  assert.equal((await get('/readyz')).status, 200);
  const metrics = await (await fetch(`${weather.url}/metrics`)).text();
  assert.match(metrics, /http_requests_total\{method="GET",path="\/readyz",status="200"\} [1-9]/);
});
