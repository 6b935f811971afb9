import type { ForecastQuery } from '../forecast/query.ts';
import { type Forecast, type Source, SourceDown } from './source.ts';

export interface OpenMeteoOptions {
  /** Where it answers, without `/v1/forecast`. */
  url: string;
  /** Longest wait for an answer, ms. */
  timeLimit: number;
}

/** The weather as Open-Meteo (or what speaks like it) tells it. */
export function openMeteoSource({ url, timeLimit }: OpenMeteoOptions): Source {
  return {
    name: 'open-meteo',
    forecast: async (query) => {
      const answer = await ask(`${url}/v1/forecast?${parametersOf(query)}`, timeLimit);
      return { ...checked(answer, query), source: 'open-meteo' };
    },
  };
}

async function ask(address: string, timeLimit: number): Promise<unknown> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(timeLimit) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return await response.json();
  } catch (error) {
    throw new SourceDown(`Open-Meteo can't be had: ${(error as Error).message}`, { cause: error });
  }
}

/** The query string for one point. */
export function parametersOf(query: ForecastQuery): URLSearchParams {
  const { units } = query;
  const parameters = new URLSearchParams({
    latitude: String(query.latitude),
    longitude: String(query.longitude),
    timezone: query.timezone,
    forecast_days: String(query.days),
    past_days: String(query.pastDays),
    temperature_unit: units.temperature,
    wind_speed_unit: units.wind,
    precipitation_unit: units.precipitation,
    timeformat: units.time,
  });
  for (const name of ['current', 'hourly', 'daily'] as const)
    if (query[name].length > 0) parameters.set(name, query[name].join(','));
  return parameters;
}

/** The answer, if it holds every block and array that was asked for. */
function checked(answer: unknown, query: ForecastQuery): Forecast {
  const forecast = answer as Forecast;
  const isWhole = (['hourly', 'daily'] as const).every((block) =>
    query[block].every((name) => forecast?.[block]?.[name]?.length === forecast?.[block]?.time?.length),
  );
  const isCurrent = query.current.every((name) => forecast?.current?.[name] !== undefined);
  if (isWhole && isCurrent && typeof forecast?.latitude === 'number') return forecast;
  throw new SourceDown('Open-Meteo left out what was asked for');
}
