import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from '../testing/instance.ts';
import { startOpenMeteo } from '../testing/open-meteo.ts';

interface Body {
  source?: string;
  error?: string;
  last_known_age_seconds?: number | null;
}

const bodyOf = async (response: Response) => (await response.json()) as Body;

test('open-meteo is asked once for the same, and named in the answer', async (t) => {
  const openMeteo = await startOpenMeteo(t);
  const { url } = await startServer(t, { WEATHER_SOURCE: 'open-meteo', OPEN_METEO_URL: openMeteo.url });
  const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(`${url}/weather/?city=Lyon`)));
  for (const answer of answers) assert.equal((await bodyOf(answer)).source, 'open-meteo');
  assert.equal(openMeteo.asked.length, 1);
  assert.match(
    openMeteo.asked[0]!,
    /^\/v1\/forecast\?latitude=45.74846&longitude=4.84671&timezone=Europe%2FParis/,
  );
});

for (const mood of ['down', 'nonsense', 'hang'] as const)
  test(`open-meteo ${mood}: what is cached is served, the rest is 503 with the age of the last answer`, async (t) => {
    const openMeteo = await startOpenMeteo(t);
    // Long enough for an answer that does come, on a machine that is busy.
    const limit = { WEATHER_TIME_LIMIT_MS: '5000' };
    const env = { WEATHER_SOURCE: 'open-meteo', OPEN_METEO_URL: openMeteo.url, ...limit };
    const kept = await startServer(t, env);
    const forgetful = await startServer(t, { ...env, WEATHER_FRESH_SECONDS: '0' });
    for (const { url } of [kept, forgetful])
      assert.equal((await fetch(`${url}/weather/?city=Lyon`)).status, 200);
    openMeteo.mood = mood;
    assert.equal((await fetch(`${kept.url}/weather/?city=Lyon`)).status, 200);
    const known = await fetch(`${forgetful.url}/weather/?city=Lyon`);
    assert.equal(known.status, 503);
    assert.equal(typeof (await bodyOf(known)).last_known_age_seconds, 'number');
    const unknown = await fetch(`${forgetful.url}/weather/?city=Lille`);
    assert.equal(unknown.status, 503);
    const body = await bodyOf(unknown);
    assert.equal(body.last_known_age_seconds, null);
    assert.match(body.error ?? '', /Open-Meteo/);
  });

test('a source that keeps failing is left alone', async (t) => {
  const openMeteo = await startOpenMeteo(t);
  openMeteo.mood = 'down';
  const { url } = await startServer(t, { WEATHER_SOURCE: 'open-meteo', OPEN_METEO_URL: openMeteo.url });
  for (let i = 0; i < 8; i++) assert.equal((await fetch(`${url}/weather/?city=Lyon`)).status, 503);
  assert.equal(openMeteo.asked.length, 5);
});
