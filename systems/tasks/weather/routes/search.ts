import type { FastifyInstance } from 'fastify';
import { type Parameters, wordsOf } from '../forecast/parameters.ts';
import { BadRequest } from '../forecast/refusal.ts';
import type { Gazetteer } from '../places/gazetteer.ts';

/** `GET /v1/search`: places by name, as Open-Meteo's geocoding answers. */
export function searchRoute(app: FastifyInstance, gazetteer: Gazetteer): void {
  app.get<{ Querystring: Parameters }>('/v1/search', async (request) => {
    const began = performance.now();
    const results = gazetteer.search(readSearch(request.query));
    const generationtime_ms = performance.now() - began;
    return results.length > 0 ? { results, generationtime_ms } : { generationtime_ms };
  });
}

/** Throws `BadRequest` that names the parameter. */
export function readSearch(parameters: Parameters): { name: string; count: number; language: string } {
  const [name] = [parameters.name].flat();
  if (name === undefined) throw new BadRequest("Parameter 'name' is required.");
  if (name.length > 100) throw new BadRequest("Parameter 'name' is too long: at most 100 characters.");
  const [given = '10'] = wordsOf(parameters.count);
  const count = /^\d{1,3}$/.test(given) ? Number(given) : 0;
  if (count < 1 || count > 100) throw new BadRequest('Parameter count must be between 1 and 100.');
  return { name, count, language: languageOf([parameters.language].flat()[0]) };
}

/** A language tag that is safe to use; English for anything else. */
export function languageOf(given: unknown): string {
  return typeof given === 'string' && /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$/.test(given) ? given : 'en';
}
