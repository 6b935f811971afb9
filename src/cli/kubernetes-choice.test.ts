import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { EscaleError } from '../core/errors/index.ts';
import { USUAL_CHOICE } from '../core/render/index.ts';
import { type KubernetesFlags, kubernetesRequest } from './kubernetes-choice.ts';

const USUAL: KubernetesFlags = { environment: 'local', routing: 'gateway-api', postgres: 'stateful-set' };

test('without options it is as usual, and the command that makes the files again has none', () => {
  assert.deepEqual(kubernetesRequest(USUAL), { environment: 'local', choice: USUAL_CHOICE, words: [] });
});

test('what is chosen is in the files, and in the command that makes them again', () => {
  const { choice, words } = kubernetesRequest({
    ...{ environment: 'production', routing: 'gateway-api', gateway: 'web', postgres: 'cloudnative-pg' },
    ...{ postgresInstances: 2, storage: '1024Gi', storageClass: 'fast', outbound: true, namespace: 'shop' },
  });
  assert.deepEqual(choice, {
    namespace: 'shop',
    routing: { kind: 'gateway-api', gateway: { name: 'web', namespace: null } },
    postgres: { kind: 'cloudnative-pg', image: null, instances: 2 },
    storage: { size: '1Ti', className: 'fast' },
    outbound: true,
    gatewayImage: null,
    images: null,
  });
  assert.equal(
    words.join(' '),
    '-e production --namespace shop --gateway web --postgres cloudnative-pg --postgres-instances 2 --storage 1024Gi --storage-class fast --outbound',
  );
});

test('Escale’s own gateway: on every node by a port that the cluster chooses, or as it is said', () => {
  const usual = { environment: 'local', routing: 'escale-gateway', postgres: 'stateful-set' } as const;
  const routing = (flags: Partial<KubernetesFlags>) =>
    kubernetesRequest({ ...usual, ...flags }).choice.routing;
  assert.deepEqual(routing({}), {
    ...{ kind: 'escale-gateway', instances: 'every-node' },
    expose: { type: 'NodePort', port: null },
  });
  assert.deepEqual(routing({ gatewayInstances: 3, gatewayLoadBalancer: true }), {
    ...{ kind: 'escale-gateway', instances: 3 },
    expose: { type: 'LoadBalancer' },
  });
  const { choice, words } = kubernetesRequest({
    ...{ ...usual, gatewayInstances: 'every-node', gatewayPort: 30_080 },
    gatewayImage: 'r.test/gateway@sha256:1',
  });
  assert.equal(choice.gatewayImage, 'r.test/gateway@sha256:1');
  assert.equal(
    words.join(' '),
    '--routing escale-gateway --gateway-image r.test/gateway@sha256:1 --gateway-instances every-node --gateway-port 30080',
  );
  assert.throws(
    () => kubernetesRequest({ ...usual, routing: 'none', gatewayPort: 30_080, gatewayLoadBalancer: true }),
    /--gateway-port belongs to .*\n--gateway-load-balancer belongs to .*\n.*two ways in/,
  );
});

test('all that can’t be used is told at once, also what would be passed over', () => {
  const flags = {
    namespace: 'X_',
    gateway: 'a/b/c',
    ingressClass: 'nginx',
    postgresInstances: 2,
    storage: '10GB',
  };
  assert.throws(
    () => kubernetesRequest({ ...USUAL, ...flags }),
    (error: EscaleError) => {
      assert.equal(error.code, 'kubernetes-choice');
      assert.deepEqual(error.message.split('\n'), [
        '--namespace: expected a name of lower case letters, digits and hyphens, got "X_"',
        '--gateway: expected a name, or namespace/name, got "a/b/c"',
        '--storage: expected a size such as 10Gi, got "10GB"',
        '--ingress-class belongs to --routing ingress',
        '--postgres-instances belongs to --postgres cloudnative-pg',
      ]);
      return true;
    },
  );
});

test('images are what was pushed, by digest', (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-images-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const images = path.join(folder, 'images.json');
  const withPushed = (pushed: unknown) => {
    writeFileSync(images, JSON.stringify({ images: [{ name: 'web' }], pushed }));
    return () => kubernetesRequest({ ...USUAL, images });
  };
  const reference = `r.example.org/web@sha256:${'a'.repeat(64)}`;
  assert.deepEqual(withPushed([{ reference }])().choice.images, { web: reference });
  for (const wrong of [undefined, [], [{ reference: 'r.example.org/web:1' }], [{ reference: 'web' }]])
    assert.throws(withPushed(wrong), (error: EscaleError) =>
      /^(kubernetes-choice|image-reference)$/.test(error.code),
    );
  writeFileSync(images, 'no json');
  assert.throws(() => kubernetesRequest({ ...USUAL, images }), { code: 'kubernetes-choice' });
});
