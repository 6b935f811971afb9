import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builderEnvironment, buildWords } from './builders.ts';

const FILES = {
  ...{ context: '/a/context', dockerfile: '/a/d/Dockerfile', archive: '/a/built.tar' },
  ...{ tag: 'escale-building/shop:1', keepAs: 'escale-x/shop:1.own' },
};

test('docker builds, saves, and then gives the name that its engine asks for', () => {
  const build = [
    ['docker', 'build', '--file', '/a/d/Dockerfile', '--tag', 'escale-building/shop:1', '/a/context'],
    ['docker', 'save', '--output', '/a/built.tar', 'escale-building/shop:1'],
  ];
  const named = ['docker', 'tag', 'escale-building/shop:1', 'escale-x/shop:1.own'];
  const after = [['docker', 'rmi', 'escale-building/shop:1']];
  assert.deepEqual(buildWords('docker', FILES), { build: [...build, named], after });
  assert.deepEqual(buildWords('docker', { ...FILES, keepAs: null }), { build, after });
});

test('BuildKit writes the archive itself', () => {
  const words =
    'buildctl build --progress plain --frontend dockerfile.v0 --local context=/a/context --local dockerfile=/a/d --opt filename=Dockerfile --output type=docker,dest=/a/built.tar';
  assert.deepEqual(buildWords('buildkit', FILES), { build: [words.split(' ')], after: [] });
});

test('buildah keeps nothing of it', () => {
  const name = 'localhost/escale-building/shop:1';
  assert.deepEqual(buildWords('buildah', FILES), {
    build: [
      ['buildah', 'build', '--file', '/a/d/Dockerfile', '--tag', name, '/a/context'],
      ['buildah', 'push', name, 'docker-archive:/a/built.tar'],
    ],
    after: [['buildah', 'rmi', name]],
  });
});

test('a builder knows where things are, and nothing else of Escale', () => {
  const env = {
    ...{ PATH: '/bin', HOME: '/root', DOCKER_HOST: 'unix:///d', https_proxy: 'http://p', BUILDKIT_HOST: 'b' },
    ...{ ESCALE_HOME: '/h', DATABASE_URL: 'postgres://u:p@h', AWS_SECRET_ACCESS_KEY: 'x', NODE_OPTIONS: 'y' },
  };
  assert.deepEqual(builderEnvironment(env), {
    ...{ PATH: '/bin', HOME: '/root', DOCKER_HOST: 'unix:///d', https_proxy: 'http://p', BUILDKIT_HOST: 'b' },
    ...{ BUILDKIT_PROGRESS: 'plain', BUILDX_NO_DEFAULT_ATTESTATIONS: '1' },
  });
});
