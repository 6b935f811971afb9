import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { run, without } from '../../src/delivery/image/testing/programs.ts';
import { realRegistry } from '../../src/delivery/image/testing/real-registry.ts';
import { smallBase } from '../../src/delivery/image/testing/small-base.ts';
import { startEscale } from './escale.ts';

test('a service goes to a registry, is read there by others, and is a base itself', {
  skip: without('docker-registry', 'skopeo'),
}, async (t) => {
  const escale = await startEscale(t);
  const registry = await realRegistry();
  t.after(() => registry.stop());
  const system = escale.system('says-hello');
  const { folder } = system;
  const base = `layout:${await smallBase(t, ['usr/bin/node'])}`;
  const push = async (tag: string, ...options: string[]) => {
    const words = ['image', 'push', folder, `${registry.host}/team/hello:${tag}`, '--json', ...options];
    return JSON.parse((await escale.must(words)).stdout).pushed[0] as {
      digest: string;
      sentBytes: number;
      wasThere: boolean;
      notAttached: string | null;
    };
  };
  const first = await push('1', '--base', base);
  assert.equal(first.notAttached, null);
  const at = (name: string) => `docker://${registry.host}/${name}`;
  const inspect = async (name: string) =>
    JSON.parse(await run('skopeo', ['inspect', '--tls-verify=false', at(name)]));
  const seen = await inspect('team/hello:1');
  assert.equal(seen.Digest, first.digest);
  assert.equal(seen.Labels['org.opencontainers.image.title'], 'says-hello/web');
  const copy = path.join(escale.folder, 'copy');
  await run('skopeo', ['copy', '--quiet', '--src-tls-verify=false', at('team/hello:1'), `dir:${copy}`]);
  const attached = await inspect(`team/hello:${first.digest.replace(':', '-')}`).catch(
    (error: Error) => error.message,
  );
  assert.doesNotMatch(String(attached), /manifest unknown/);

  const again = await push('1', '--base', base);
  assert.deepEqual([again.wasThere, again.sentBytes], [true, 0]);
  system.edit('server.ts', (text) => `${text}\n// changed`);
  const changed = await push('2', '--base', base);
  assert.notEqual(changed.digest, first.digest);
  assert.ok(changed.sentBytes < 20_000, `${changed.sentBytes} bytes were sent`);

  const onTop = await push('3', '--base', `${registry.host}/team/hello:1`);
  const layered = await inspect('team/hello:3');
  assert.deepEqual(layered.Layers.slice(0, seen.Layers.length), seen.Layers);
  assert.equal(layered.Labels['org.opencontainers.image.base.digest'], first.digest);
  assert.equal(onTop.digest, layered.Digest);
  assert.deepEqual(escale.processes(), []);
});

test('what is asked wrongly is said with the next step', async (t) => {
  const escale = await startEscale(t);
  const { folder } = escale.system('says-hello');
  const fails = async (...words: string[]) => {
    const ended = await escale.run(['image', ...words]);
    assert.doesNotMatch(ended.output, / at .*\.ts:/);
    return [ended.code, /code {2}(\S+)/.exec(ended.output)?.[1]];
  };
  assert.deepEqual(await fails('push', folder, 'hello'), [2, 'image-reference']);
  assert.deepEqual(await fails('push', folder, `r.example.org/hello@sha256:${'a'.repeat(64)}`), [
    2,
    'image-reference',
  ]);
  assert.deepEqual(await fails('build', folder, '--base', 'alpine'), [2, 'image-choice']);
  assert.deepEqual(await fails('build', folder, '-o', 'somewhere'), [2, 'image-choice']);
  assert.deepEqual(await fails('build', folder, '--base', `layout:${folder}`), [1, 'image-base']);
  assert.deepEqual(await fails('build', folder, '--base', '127.0.0.1:1/none:1'), [1, 'registry-unreachable']);
  assert.deepEqual(
    await fails(
      'build',
      folder,
      '--base',
      `layout:${await smallBase(t, ['usr/bin/node'])}`,
      '--service',
      'no',
    ),
    [1, 'system-unknown'],
  );
});
