import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { bearer, pages, routesOf } from '../testing/pages.ts';
import { apiDocument } from './index.ts';

type Operation = {
  operationId: string;
  summary: string;
  'x-escale-access': string;
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: { 'application/json': { schema: { properties: object; required?: string[] } } } };
};
type Document = { paths: Record<string, Record<string, Operation>> };

const document = apiDocument('1') as Document;
const SYSTEM = '/api/systems/{system}/environments/{environment}';

test('it is a valid OpenAPI document', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  assert.deepEqual({ valid, errors }, { valid: true, errors: undefined });
  const wrong = structuredClone(document) as unknown as { paths: Record<string, unknown> };
  wrong.paths.nowhere = { get: 7 };
  assert.equal((await new Validator().validate(wrong)).valid, false);
});

test('each route of the API is in it, says what it does and who may', async (t) => {
  const { app } = pages(t);
  const routes = (await routesOf(app))
    .filter(({ method, url }) => method !== 'HEAD' && /^\/(api|metrics)/.test(url))
    .map(({ method, url }) => `${method.toLowerCase()} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  );
  assert.deepEqual(operations.map(({ name }) => name).toSorted(), routes.toSorted());
  for (const { name, operation } of operations) {
    assert.match(operation.summary, /^\S+ \S/, `${name} does not say what it does (config.about)`);
    assert.match(operation['x-escale-access'], /^(viewer|deployer|admin) of /, name);
  }
  assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length);
});

test('what a route takes stands there as it is checked', () => {
  const scale = document.paths[`${SYSTEM}/scale`]!.post!;
  assert.deepEqual(
    scale.parameters.map(({ name, in: place, required }) => [name, place, required]),
    [
      ['system', 'path', true],
      ['environment', 'path', true],
    ],
  );
  assert.deepEqual(scale.requestBody!.content['application/json'].schema.required, ['numbers']);
  assert.equal(scale['x-escale-access'], 'deployer of the environment');
  const audit = document.paths['/api/audit']!.get!;
  assert.deepEqual(
    audit.parameters.map(({ name, required, schema }) => [name, required, (schema as { type: string }).type]),
    [
      ['before', false, 'integer'],
      ['limit', false, 'integer'],
      ['system', false, 'string'],
      ['environment', false, 'string'],
    ],
  );
});

test('it is served to whoever may look at something', async (t) => {
  const { ask, access } = pages(t);
  const answer = await ask(
    'GET',
    '/api/openapi.json',
    bearer(access, [{ role: 'viewer', environment: 'local' }]),
  );
  assert.deepEqual(answer.json(), document);
});
