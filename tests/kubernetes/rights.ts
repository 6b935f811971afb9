import type { ChosenRouting } from '../../src/core/kubernetes/index.ts';
import { renderNamespace, renderRights } from '../../src/core/kubernetes/index.ts';
import { wishFor } from '../../src/core/kubernetes/testing/index.ts';
import {
  type ClusterAccess,
  HttpCluster,
  type KubernetesEngine,
} from '../../src/engines/kubernetes/index.ts';
import { waitFor } from '../e2e/wait.ts';
import { testAccess } from './cluster.ts';
import { type ClusterSystem, type ClusterUnderTest, engineOver } from './kubernetes-engine.ts';

/** An engine that signs in with the account of the rendered rights, and may do nothing else. */
export async function withTheRole(
  made: ClusterUnderTest,
  system: ClusterSystem,
  routing: ChosenRouting,
): Promise<{ engine: KubernetesEngine; close: () => void }> {
  const options = {
    routing: routing.kind === 'escale-gateway' ? { ...routing, image: '' } : routing,
  };
  const wish = wishFor(
    { name: system.name, services: { web: { command: 'node main.mjs', port: true } } },
    options,
    'local',
  );
  const others = new HttpCluster(testAccess, 'somebody');
  for (const object of [renderNamespace(wish), ...renderRights(wish)]) await others.apply(object);
  others.close();
  const place = { system: system.name, environment: 'local' };
  const engine = engineOver({
    access: await tokenAccess(made, system),
    ...{ images: made.images, places: () => [place], routing },
  });
  return { engine, close: () => engine.close() };
}

/** Signed in as that account. */
export async function tokenAccess(
  made: ClusterUnderTest,
  { namespace }: ClusterSystem,
): Promise<ClusterAccess> {
  const others = new HttpCluster(testAccess, 'somebody');
  const annotations = { 'kubernetes.io/service-account.name': 'escale' };
  const metadata = { name: 'escale-token', namespace, annotations };
  const ref = { apiVersion: 'v1', kind: 'Secret', namespace, name: 'escale-token' };
  const type = 'kubernetes.io/service-account-token';
  if ((await others.get(ref)) === null)
    await others.create({ apiVersion: 'v1', kind: 'Secret', metadata, type });
  const token = await waitFor(
    'its token is there',
    async () => ((await others.get(ref))?.data as { token?: string })?.token,
  );
  others.close();
  return { ...made.access, signIn: { kind: 'token', token: Buffer.from(token, 'base64').toString() } };
}
