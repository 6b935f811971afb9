import type { FastifyInstance } from 'fastify';
import { conditionOf } from '../forecast/conditions.ts';
import { type ForecastQuery, readForecastQueries } from '../forecast/query.ts';
import type { Gazetteer, Place } from '../places/gazetteer.ts';
import type { Forecast, Source } from '../sources/source.ts';
import { languageOf } from './search.ts';

const wanted = 'temperature_2m,relative_humidity_2m,wind_speed_10m,weather_code';
const longestName = 100;

/** `GET /weather/?city=`: the weather of a city now, in °C, %, km/h. */
export function cityRoute(
  app: FastifyInstance,
  { gazetteer, source }: { gazetteer: Gazetteer; source: Source },
): void {
  const handler = async (query: { city?: string | string[]; language?: string }) => {
    const name = [query.city ?? ''].flat()[0]!.trim();
    if (name === '') return { status: 400, body: { error: 'name a city: /weather/?city=Paris' } };
    const place = name.length > longestName ? null : gazetteer.find(name, languageOf(query.language));
    if (place === null)
      return { status: 404, body: { error: `no city is called ${name.slice(0, longestName)}` } };
    return { status: 200, body: answer(place, await source.forecast(questionAbout(place))) };
  };
  for (const path of ['/weather', '/weather/'])
    app.get<{ Querystring: { city?: string | string[]; language?: string } }>(
      path,
      async (request, reply) => {
        const { status, body } = await handler(request.query);
        return reply.code(status).send(body);
      },
    );
}

function questionAbout({ latitude, longitude, timezone }: Place): ForecastQuery {
  const point = { latitude: String(latitude), longitude: String(longitude) };
  return readForecastQueries({ ...point, timezone, current: wanted, forecast_days: '1' })[0]!;
}

function answer({ name }: Place, { current = {}, source }: Forecast) {
  return {
    city: name,
    temperature: current.temperature_2m,
    humidity: current.relative_humidity_2m,
    wind_speed: current.wind_speed_10m,
    weather: conditionOf(Number(current.weather_code)),
    source,
  };
}
