import type { FastifyInstance } from 'fastify';
import type { Parameters } from '../forecast/parameters.ts';
import { readForecastQueries } from '../forecast/query.ts';
import type { Source } from '../sources/source.ts';

/** `GET /v1/forecast`: as Open-Meteo answers; a list of points gets a list, whose later ones carry a `location_id`. */
export function forecastRoute(app: FastifyInstance, source: Source): void {
  app.get<{ Querystring: Parameters }>('/v1/forecast', async (request) => {
    const queries = readForecastQueries(request.query);
    const forecasts = await Promise.all(queries.map((query) => source.forecast(query)));
    if (forecasts.length === 1) return forecasts[0];
    return forecasts.map((forecast, index) => (index === 0 ? forecast : { ...forecast, location_id: index }));
  });
}
