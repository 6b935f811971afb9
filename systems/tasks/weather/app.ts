import type { FastifyInstance } from 'fastify';
import { allowOtherOrigins } from './cors.ts';
import { BadRequest } from './forecast/refusal.ts';
import { createService, type Service } from './lifecycle.ts';
import type { Gazetteer } from './places/gazetteer.ts';
import { cityRoute } from './routes/city.ts';
import { forecastRoute } from './routes/forecast.ts';
import { searchRoute } from './routes/search.ts';
import { type Source, SourceDown } from './sources/source.ts';

/** The weather service, not yet listening. */
export function createWeather(parts: { gazetteer: Gazetteer; source: Source }): Service {
  const service = createService();
  const { app } = service;
  allowOtherOrigins(app);
  answerFailures(app, parts.source);
  cityRoute(app, parts);
  forecastRoute(app, parts.source);
  searchRoute(app, parts.gazetteer);
  app.get('/', async () => attribution(parts));
  return service;
}

function attribution({ gazetteer, source }: { gazetteer: Gazetteer; source: Source }) {
  return {
    service: 'weather',
    source: source.name,
    places: gazetteer.size,
    attribution: ['Places: GeoNames (geonames.org), CC BY 4.0', ...creditsOf[source.name]!],
  };
}

const creditsOf: Record<string, string[]> = {
  'open-meteo': ['Weather data by Open-Meteo.com, CC BY 4.0'],
  simulated: [],
};

/** Open-Meteo's shape: `{error: true, reason}`, but `{error}` in words for a source that is down. */
function answerFailures(app: FastifyInstance, source: Source): void {
  app.setNotFoundHandler((_request, reply) => {
    reply.code(404).send({ error: true, reason: 'Not Found' });
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof SourceDown) {
      const body = { error: error.message, source: source.name, last_known_age_seconds: error.ageSeconds };
      return reply.code(503).header('retry-after', '30').send(body);
    }
    const status = error instanceof BadRequest ? 400 : (error.statusCode ?? 500);
    if (status >= 500) console.error(error);
    return reply.code(status).send({ error: true, reason: status < 500 ? error.message : 'internal error' });
  });
}
