import { readFileSync } from 'node:fs';
import os from 'node:os';
import { parse } from 'yaml';
import {
  type ClusterAccess,
  HttpCluster,
  kubeconfigFiles,
  readContext,
} from '../../src/engines/kubernetes/index.ts';
import type { ImagePlace } from '../../src/server/image-source.ts';

/** The cluster that the current kubeconfig points to. */
export function testAccess(): ClusterAccess {
  return readContext(kubeconfigFiles(process.env, os.homedir()), null);
}

/** Its name, as `escale target add` takes it. */
export function currentContext(): string {
  const files = kubeconfigFiles(process.env, os.homedir()).map((file) => readFileSync(file, 'utf8'));
  const named = files.map((text) => (parse(text) as { 'current-context'?: string })['current-context']);
  const context = named.find((name) => typeof name === 'string' && name !== '');
  if (context === undefined) throw new Error('the kubeconfig has no current context');
  return context;
}

/** A registry that this host and the cluster call by the same name: `ESCALE_TEST_REGISTRY=http://10.0.0.1:5000/escale`. */
export function testRegistry(): ImagePlace {
  const text = process.env.ESCALE_TEST_REGISTRY ?? '';
  const [, scheme, registry, repository] = /^(https?):\/\/([^/]+)(?:\/(.+))?$/.exec(text) ?? [];
  if (registry === undefined)
    throw new Error('ESCALE_TEST_REGISTRY: expected an address such as http://10.0.0.1:5000/escale');
  return { registry, repository: repository ?? 'escale-test', plainHttp: scheme === 'http' };
}

/** Takes a namespace away with all that is in it. */
export async function removeNamespace(name: string): Promise<void> {
  const cluster = new HttpCluster(testAccess);
  await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', name });
  cluster.close();
}
