import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fillAddress,
  fillSecrets,
  resolveSystem,
  type SystemFile,
  secretsIn,
  secretsOfProgram,
  secretsOfSystem,
} from './index.ts';

const VALUES: Record<string, string> = { A: 'one', B: '$&${secret.A}$1', P: 'p@ss/w:rd?#%' };
const lookUp = (name: string) => VALUES[name]!;

test('names are found each once, in the order of the text', () => {
  assert.deepEqual(secretsIn('${secret.B} ${secret.A}${secret.B} $secret.C ${secret.c} ${D}'), ['B', 'A']);
});

test('values are put in as they are, and not read again', () => {
  assert.equal(fillSecrets('x=${secret.A}; y=${secret.B}', lookUp), 'x=one; y=$&${secret.A}$1');
  assert.equal(fillSecrets('nothing ${HOME}', lookUp), 'nothing ${HOME}');
});

test('in an address a part is written as addresses want it, the whole is not', () => {
  const address = fillAddress('postgres://shop:${secret.P}@db/shop', lookUp);
  assert.equal(address, 'postgres://shop:p%40ss%2Fw%3Ard%3F%23%25@db/shop');
  assert.equal(decodeURIComponent(new URL(address).password), VALUES.P);
  assert.equal(fillAddress('${secret.P}', lookUp), VALUES.P);
});

const FILE: SystemFile = {
  name: 'shop',
  services: {
    web: { command: 'node web', port: true, uses: ['api', 'db'], env: { KEY: 'Bearer ${secret.WEB}' } },
    api: { command: 'node api', port: true },
  },
  jobs: { tidy: { command: 'node tidy', schedule: '@daily', uses: ['db'], env: { J: '${secret.JOB}' } } },
  resources: { db: { type: 'postgres', external: '${secret.DB}' }, own: { type: 'postgres' } },
  environments: { production: { services: { api: { env: { X: '${secret.ONLY_THERE}' } } } } },
};

test('who needs which secret, as an environment sees it', () => {
  const local = resolveSystem(FILE);
  assert.deepEqual(secretsOfSystem(local), ['DB', 'JOB', 'WEB']);
  assert.deepEqual(secretsOfSystem(resolveSystem(FILE, 'production')), ['DB', 'JOB', 'ONLY_THERE', 'WEB']);
  assert.deepEqual(secretsOfProgram(local.services.web!, local), ['DB', 'WEB']);
  assert.deepEqual(secretsOfProgram(local.services.api!, local), []);
  assert.deepEqual(secretsOfProgram(local.jobs.tidy!, local), ['DB', 'JOB']);
});
