import assert from 'node:assert/strict';
import { test } from 'node:test';
import { without } from '../../src/delivery/image/testing/programs.ts';
import { realRegistry } from '../../src/delivery/image/testing/real-registry.ts';
import { startHost, startOverSsh, withoutTarget } from './target.ts';

const skip = withoutTarget() || without('docker-registry');

test('an image of others runs on a host elsewhere, which asks its registry nothing', { skip }, async (t) => {
  const registry = await realRegistry();
  const { escale, client } = await startOverSsh(t);
  const { there, docker } = await startHost(t, client);
  const hello = escale.system('says-hello');
  hello.write('version.txt', 'v1');
  const reference = `${registry.host}/says-hello:1`;
  await escale.must(['image', 'push', hello.folder, reference, '--base', docker.base]);
  const system = escale.system('from-registry');
  system.edit('escale.yaml', (text) =>
    `${text.slice(0, text.indexOf('environments:'))}environments: {production: {target: prod}}\n`.replace(
      'REGISTRY',
      registry.host,
    ),
  );
  await escale.must(['target', 'add', 'prod', 'prod', '--port', String(there.port)]);

  await escale.must(['deploy', '-e', 'production', system.folder]);
  await registry.stop();
  assert.equal(await there.body(`production.${system.host}`, '/version'), 'v1');
  await escale.must(['scale', '-e', 'production', 'from-registry/web=3']);
  await escale.must(['down', '-e', 'production', 'from-registry']);
});
