import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { CATALOGUE } from '../../errors/index.ts';
import { DEFAULTS } from '../defaults.ts';
import { parseDuration } from '../duration.ts';
import { resolveSystem } from '../resolve.ts';
import { checkScript, checkYaml, systemJsonSchema } from './index.ts';

const RIGHT = `
name: demo
services:
  web: &web
    command: node server.ts
    port: true
    env:
      VERSION: 1.10
      OCTAL: 0755
      DEBUG: true
      ANSWER: yes
      EMPTY: ""
  api:
    <<: *web
    command: [node, api.ts]
    replicas: 0
routes:
  demo.localhost: web
`;

test('a right file is read, with anchors and merged keys', () => {
  const { model, mistakes } = checkYaml(RIGHT, 'escale.yaml');
  assert.deepEqual(mistakes, []);
  assert.deepEqual(model?.services.api?.command, ['node', 'api.ts']);
  assert.equal(model?.services.api?.port, true);
});

test('numbers and booleans of env are texts as they are written', () => {
  const { model } = checkYaml(RIGHT, 'escale.yaml');
  const env = { VERSION: '1.10', OCTAL: '0755', DEBUG: 'true', ANSWER: 'yes', EMPTY: '' };
  assert.deepEqual(resolveSystem(model!).services.web?.env, env);
});

test('the same model from both forms', () => {
  const { model } = checkYaml(RIGHT, 'escale.yaml');
  assert.deepEqual(checkScript(model, '', 'escale.config.ts').model, model);
});

test('a file of more than 1 MiB is refused', () => {
  const { mistakes } = checkYaml(`${RIGHT}#${'x'.repeat(2 ** 20)}`, 'escale.yaml');
  assert.deepEqual(
    mistakes.map(({ code }) => code),
    ['file-too-large'],
  );
});

test('no text makes the check throw, and every mistake has its code in the catalogue', () => {
  fc.assert(
    fc.property(yamlText(), (text) => judge(checkYaml(text, 'escale.yaml'))),
    { numRuns: 400 },
  );
});

test('no value makes the check throw', () => {
  fc.assert(
    fc.property(nearlyRight(), (value) => judge(checkScript(value, '', 'escale.config.ts'))),
    { numRuns: 1000 },
  );
});

test('objects without a prototype are judged like others (found by the test above)', () => {
  const bare: unknown = Object.create(null);
  const services = { web: { command: 'x', uses: [bare], env: { A: bare } } };
  assert.deepEqual(
    checkScript({ name: 'demo', services }, '', 'x').mistakes.map(({ path }) => path),
    ['services.web.uses[0]', 'services.web.env.A'],
  );
});

test('what JSON.parse makes of hostile keys is refused', () => {
  const value: unknown = JSON.parse(
    '{"name":"a","services":{"__proto__":{"command":"x"},"web":{"command":"x","__proto__":1}}}',
  );
  assert.deepEqual(
    checkScript(value, '', 'x').mistakes.map(({ path, code }) => `${code} ${path}`),
    ['unknown-key services.__proto__', 'unknown-key services.web.__proto__'],
  );
});

function judge({ model, mistakes }: ReturnType<typeof checkYaml>): void {
  assert.equal(model === null, mistakes.length > 0);
  for (const { code, message } of mistakes) assert.ok(Object.hasOwn(CATALOGUE, code) && message !== '');
  if (model !== null) resolveSystem(model);
}

/** Texts of YAML's own letters, and right files with a piece cut out or put in. */
function yamlText(): fc.Arbitrary<string> {
  const noise = fc.string({
    unit: fc.constantFrom(...'abc: -\n\t[]{}&*!|>\'"%@`#?,<0123.~\r\u0000\ud800\u202e'),
    maxLength: 200,
  });
  const text = readFileSync(
    new URL('../../../../tests/fixtures/wrong-files/unknown-keys.yaml', import.meta.url),
    'utf8',
  );
  const broken = fc
    .tuple(fc.nat(text.length), fc.nat(20), fc.oneof(noise, fc.string()))
    .map(([at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length));
  return fc.oneof(noise, fc.string(), broken);
}

const KEYS = [
  'name',
  'services',
  'web',
  'command',
  'port',
  'uses',
  'env',
  'health',
  'ready',
  'replicas',
  'static',
  'routes',
  'environments',
  'rollout',
  'limits',
  'volume',
  'source',
  '__proto__',
  'constructor',
  'a.localhost',
  'local',
];
const VALUES = [
  'demo',
  'web',
  '5s',
  '1GB',
  '/x',
  `\${secret.X}`,
  'a && b',
  '../x',
  true,
  false,
  0,
  1,
  -1,
  Number.NaN,
  null,
  undefined,
];

function nearlyRight(): fc.Arbitrary<unknown> {
  const leaf = fc.oneof(fc.constantFrom(...VALUES), fc.string(), fc.double());
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), fc.string()), tie('tree'), { maxKeys: 5 }),
    ),
  }));
  const service = fc.dictionary(
    fc.constantFrom(...KEYS, 'timeout', 'hold', 'start', 'stop', 'schedule', 'before', 'type', 'external'),
    tree,
    {
      maxKeys: 8,
    },
  );
  const services = fc.dictionary(fc.constantFrom('web', 'api', 'W!'), service, { maxKeys: 3 });
  const system = fc.record(
    {
      name: fc.constant('demo'),
      services,
      jobs: services,
      resources: services,
      routes: tree,
      environments: tree,
    },
    { requiredKeys: ['name'] },
  );
  return fc.oneof(tree, system, fc.anything());
}

test('the defaults that editors show are those that hold', () => {
  const { step, keep, drift, scalingCpu, branches: _, ...file } = DEFAULTS;
  const service = systemJsonSchema().properties?.services?.additionalProperties;
  const job = systemJsonSchema().properties?.jobs?.additionalProperties;
  assert.ok(service && job);
  const shown = (section: string, key: string) => service.properties?.[section]?.properties?.[key]?.default;
  const ms = (section: string, key: string) => parseDuration(String(shown(section, key)));
  assert.deepEqual(
    {
      source: service.properties?.source?.default,
      replicas: service.properties?.replicas?.default,
      health: {
        intervalMs: ms('health', 'interval'),
        timeoutMs: ms('health', 'timeout'),
        failures: shown('health', 'failures'),
      },
      start: { deadlineMs: ms('start', 'deadline'), stableMs: ms('start', 'stable') },
      stop: {
        drainMs: ms('stop', 'drain'),
        websocketsMs: ms('stop', 'websockets'),
        graceMs: ms('stop', 'grace'),
      },
      hold: { timeoutMs: ms('hold', 'timeout'), max: shown('hold', 'max') },
      responseTimeoutMs: parseDuration(String(service.properties?.timeout?.default)),
      surge: systemJsonSchema().properties?.rollout?.properties?.surge?.default,
      job: {
        timeoutMs: parseDuration(String(job.properties?.timeout?.default)),
        timeZone: job.properties?.timeZone?.default,
      },
    },
    file,
  );
  assert.equal(systemJsonSchema().properties?.keep?.default, keep);
  const environment = systemJsonSchema().properties?.environments?.additionalProperties || {};
  assert.equal(environment.properties?.drift?.default, drift);
  const written = systemJsonSchema().properties?.pipeline?.additionalProperties || {};
  const longest = (written.anyOf ?? []).find((form) => form.properties)?.properties?.timeout?.default;
  assert.equal(parseDuration(String(longest)), step.timeoutMs);
});

test('the example of the reference is right', () => {
  const page = readFileSync(new URL('../../../../docs/reference/file.md', import.meta.url), 'utf8');
  const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  assert.deepEqual(checkYaml(example, 'file.md').mistakes, []);
});
