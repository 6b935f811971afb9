import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dockerSocket } from './address.ts';
import { commonVersion } from './version.ts';

const ENGINES: [string, string, string, string | null][] = [
  ['20.10', '1.12', '1.41', '1.41'],
  ['27', '1.24', '1.47', '1.47'],
  ['29, which has forgotten the old ones', '1.44', '1.52', '1.52'],
  ['one to come', '1.44', '1.60', '1.52'],
  ['one that has forgotten all of ours', '1.60', '1.70', null],
  ['19.03', '1.12', '1.40', null],
  ['numbers, not texts', '1.9', '1.100', '1.52'],
];

for (const [name, oldest, newest, expected] of ENGINES)
  test(`the version to speak with Docker ${name}`, () =>
    assert.equal(commonVersion(oldest, newest), expected));

test('DOCKER_HOST: a unix socket, the usual one where nothing is said, and nothing else', () => {
  assert.equal(dockerSocket({}), '/var/run/docker.sock');
  assert.equal(dockerSocket({ DOCKER_HOST: '' }), '/var/run/docker.sock');
  assert.equal(dockerSocket({ DOCKER_HOST: 'unix:///run/user/1/docker.sock' }), '/run/user/1/docker.sock');
  for (const host of [
    'tcp://10.0.0.1:2375',
    'ssh://host',
    '/var/run/docker.sock',
    'unix://',
    'unix://relative',
  ])
    assert.throws(() => dockerSocket({ DOCKER_HOST: host }), { code: 'docker-address' });
});
