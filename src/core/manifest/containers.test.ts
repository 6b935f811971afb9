import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EscaleError } from '../errors/index.ts';
import { refuseContainers } from './containers.ts';
import { withEngine } from './engines.ts';
import type { SystemFile } from './file/schema.ts';
import { imagesIn, withDigests } from './image-names.ts';
import { resolveSystem } from './resolve.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const MODEL: SystemFile = {
  name: 'shop',
  services: {
    cache: { image: 'ghcr.io/x/cache:8', port: 6000, volume: '/var/lib/cache/' },
    web: { dockerfile: './build/Dockerfile', source: './web', port: true, command: 'serve all' },
    api: { command: 'node server.ts', port: true },
  },
  jobs: { clean: { image: 'ghcr.io/x/cache:8', command: ['clean'], schedule: '@daily' } },
  environments: { staging: { target: 'docker' }, production: { target: 'docker' } },
};

test('images and Dockerfiles, resolved', () => {
  const { services, jobs } = resolveSystem(MODEL, 'staging');
  assert.deepEqual(services.cache?.container, {
    ...{ image: 'ghcr.io/x/cache:8', dockerfile: null, port: 6000, volume: '/var/lib/cache' },
  });
  assert.deepEqual([services.cache?.command, services.cache?.port, services.cache?.volume], [[], true, true]);
  assert.deepEqual(services.web?.container, {
    ...{ image: null, dockerfile: 'build/Dockerfile', port: null, volume: null },
  });
  assert.deepEqual(services.web?.command, ['serve', 'all']);
  assert.equal(services.api?.container, null);
  assert.equal(jobs.clean?.container?.image, 'ghcr.io/x/cache:8');
});

test('on processes all that needs containers is named, and where it could run', () => {
  assert.throws(
    () => refuseContainers(MODEL, resolveSystem(MODEL)),
    ({ code, message, next }: EscaleError) => {
      assert.equal(code, 'needs-containers');
      assert.equal(
        message,
        'local of shop is on processes, and these need containers: services.cache (image), services.web (dockerfile), jobs.clean (image)',
      );
      assert.equal(
        next,
        '`escale up --engine docker` runs it here; environments on Docker: staging, production.',
      );
      return true;
    },
  );
  refuseContainers(MODEL, resolveSystem(MODEL, 'staging'));
  const onDocker = withEngine(MODEL, 'local', 'docker');
  refuseContainers(onDocker, resolveSystem(onDocker));
});

test('what a name means is written beside it, wherever it stands', () => {
  assert.deepEqual(imagesIn(MODEL), ['ghcr.io/x/cache:8']);
  const pinned = withDigests(MODEL, { 'ghcr.io/x/cache:8': `ghcr.io/x/cache:8@${DIGEST}` });
  assert.deepEqual(imagesIn(pinned), [`ghcr.io/x/cache:8@${DIGEST}`]);
  assert.deepEqual(pinned.services.api, MODEL.services.api);
  assert.deepEqual(withDigests(MODEL, {}), MODEL);
});
