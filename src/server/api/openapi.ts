import fastify, { type RouteOptions } from 'fastify';
import { z } from 'zod';
import type { RouteAccess } from './access.ts';
import { actionOf } from './recorder.ts';
import { type ApiApp, withZod } from './validation.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What it does, for people, in one line: it stands in the API's document. */
    about?: string;
    /** What it answers with, where that is no JSON: JSON objects a line each, server-sent events, or text. */
    answers?: 'lines' | 'events' | 'text';
  }
}

type Json = Record<string, unknown>;
type Register = (app: ApiApp) => void;

const TYPES = { lines: 'application/x-ndjson', events: 'text/event-stream', text: 'text/plain' };

/** The OpenAPI document of an API, from what its routes declare. Nothing of the API is called. */
export function openApiDocument(register: Register, version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routesOf(register)) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [String(route.method).toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Escale', version, description: DESCRIPTION },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'What `escale token create` prints.' },
        session: { type: 'apiKey', in: 'cookie', name: 'escale_session' },
      },
      schemas: { Error: ERROR },
    },
  };
}

const DESCRIPTION =
  'Who may call a route stands in `x-escale-access`: a role (viewer, deployer, admin) in the environment of the address, in that of the instance, in any, or in all.';

const ERROR = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', description: 'One of docs/errors.md; it never changes its meaning.' },
        message: { type: 'string' },
        place: { type: ['string', 'null'] },
        next: { type: 'string', description: 'What to do about it.' },
      },
    },
  },
};

/** Those of the API, as they are registered; answers to HEAD go without saying. */
function routesOf(register: Register): RouteOptions[] {
  const app = withZod(fastify());
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD' && /^\/(api\/|metrics$)/.test(route.url)) routes.push(route);
  });
  register(app);
  return routes;
}

function operationOf(route: RouteOptions): Json {
  const { about, answers, action, access } = route.config ?? {};
  const { body, params, querystring } = (route.schema ?? {}) as Record<string, z.ZodType | undefined>;
  const words = action ?? actionOf(route.url);
  const type = answers === undefined ? 'application/json' : TYPES[answers];
  return {
    operationId: `${String(route.method).toLowerCase()} ${route.url}`.replaceAll(/\W+/g, '_'),
    summary: about ?? words,
    tags: [words.split(' ')[0]],
    security: [{ token: [] }, { session: [] }],
    'x-escale-access': accessText(access),
    parameters: [
      ...parametersIn('path', route.url, params),
      ...parametersIn('query', route.url, querystring),
    ],
    ...(body && { requestBody: { content: { 'application/json': { schema: jsonSchema(body, 'input') } } } }),
    responses: {
      200: { description: 'It was done, or begun.', content: { [type]: {} } },
      default: {
        description: 'It was not.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

/** `deployer of the environment`. */
export function accessText(access: RouteAccess | undefined): string {
  if (access === 'scraped') return 'viewer of all environments, or the metrics token';
  if (typeof access !== 'object') return access ?? '';
  const where = {
    param: 'the environment',
    instance: 'the environment of the instance',
    any: 'any environment',
    all: 'all environments',
  };
  return `${access.role} of ${where[access.environment]}`;
}

function parametersIn(place: 'path' | 'query', url: string, schema: z.ZodType | undefined): Json[] {
  const { properties = {}, required = [] } = schema === undefined ? {} : partsOf(schema);
  const names =
    place === 'path' ? [...url.matchAll(/:(\w+)/g)].map((match) => match[1]!) : Object.keys(properties);
  return names.map((name) => ({
    ...{ name, in: place, required: place === 'path' || required.includes(name) },
    schema: properties[name] ?? { type: 'string' },
  }));
}

/** As they are written; what is only read from text (a number) as what is read. */
function partsOf(schema: z.ZodType): { properties: Record<string, Json>; required: string[] } {
  const written = jsonSchema(schema, 'input') as { properties: Record<string, Json>; required?: string[] };
  const read = jsonSchema(schema, 'output') as { properties: Record<string, Json> };
  const properties = Object.entries(written.properties).map(([name, one]) => [
    name,
    'type' in one || 'anyOf' in one ? one : read.properties[name],
  ]);
  return { properties: Object.fromEntries(properties), required: written.required ?? [] };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
