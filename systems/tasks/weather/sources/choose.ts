import { cached } from './cached.ts';
import { openMeteoSource } from './open-meteo.ts';
import { simulatedSource } from './simulated/simulated.ts';
import type { Source } from './source.ts';

/** The source that `WEATHER_SOURCE` names; made-up weather by default. Throws for a name it doesn't know. */
export function chooseSource(env: NodeJS.ProcessEnv, now: () => number = Date.now): Source {
  const name = env.WEATHER_SOURCE || 'simulated';
  if (name === 'simulated') return simulatedSource(now);
  if (name !== 'open-meteo')
    throw new Error(`WEATHER_SOURCE: expected simulated or open-meteo, got ${JSON.stringify(name)}`);
  const url = (env.OPEN_METEO_URL || 'https://api.open-meteo.com').replace(/\/+$/, '');
  const timeLimit = Number(env.WEATHER_TIME_LIMIT_MS || 3000);
  const fresh = Number(env.WEATHER_FRESH_SECONDS || 600) * 1000;
  return cached(openMeteoSource({ url, timeLimit }), { fresh, size: 1000, now });
}
