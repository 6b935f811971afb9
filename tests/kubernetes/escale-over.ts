import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { homeLayout } from '../../src/core/home/index.ts';
import { type Cluster, HttpCluster, kubeconfigFiles } from '../../src/engines/kubernetes/index.ts';
import { baseOf, shareImages } from '../docker/base.ts';
import { type Escale, type SystemFolder, startEscale } from '../e2e/escale.ts';
import { waitFor } from '../e2e/wait.ts';
import { ApiProxy } from './api-proxy.ts';
import { removeNamespace, testAccess, testRegistry } from './cluster.ts';

/** An Escale of a test's own with the cluster of the current kubeconfig as its target `prod`, by way of a proxy. */
export interface EscaleOverCluster {
  escale: Escale;
  proxy: ApiProxy;
  /** Past the proxy. */
  cluster: Cluster;
  /** The kubeconfig that leads through the proxy. */
  kubeconfig: string;
  /** A copy of a fixture under a name that no other run has, with `production` on the cluster; its namespace goes at the end. */
  system(fixture: string): SystemFolder;
}

export async function startOverCluster(t: TestContext, ways: string[] = []): Promise<EscaleOverCluster> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-over-cluster-'));
  const images = path.join(folder, 'images');
  const base = await baseOf(folder, images);
  const proxy = await ApiProxy.start(testAccess().server);
  const kubeconfig = path.join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, throughProxy(proxy.port));
  const escale = await startEscale(t, {
    env: { KUBECONFIG: kubeconfig, ESCALE_IMAGE_BASE: `tar:${base}` },
    finally: () => {
      void proxy.leave();
      rmSync(folder, { recursive: true, force: true });
    },
  });
  shareImages(homeLayout(escale.home, folder).root, images);
  const cluster = new HttpCluster(testAccess, 'somebody');
  t.after(() => cluster.close());
  const { registry, repository, plainHttp } = testRegistry();
  const words = ['--registry', `${registry}/${repository}`, ...(plainHttp === true ? ['--plain-http'] : [])];
  await escale.must(['up', '--detach', escale.system('says-hello', 'nearby').folder]);
  const routing = ways.includes('--routing') ? [] : ['--routing', 'node-port'];
  await escale.must(['target', 'add', 'prod', 'kubernetes://proxied', ...words, ...routing, ...ways]);
  return {
    ...{ escale, proxy, cluster, kubeconfig },
    system: (fixture) => {
      const name = `e2e-${fixture}-${randomBytes(3).toString('hex')}`.slice(0, 40);
      const system = escale.system(fixture, name);
      system.edit('escale.yaml', (text) => `${text}\nenvironments:\n  production: {target: prod}\n`);
      t.after(() => removeNamespace(`${name}-production`));
      return system;
    },
  };
}

/** The current context, called `proxied`, with another address. */
function throughProxy(port: number): string {
  const [file] = kubeconfigFiles(process.env, os.homedir());
  const config = parse(readFileSync(file!, 'utf8'));
  const current = config.contexts.find(({ name }: { name: string }) => name === config['current-context']);
  const { cluster } = config.clusters.find(({ name }: { name: string }) => name === current.context.cluster);
  const { hostname } = new URL(cluster.server);
  cluster['tls-server-name'] ??= hostname;
  cluster.server = `https://127.0.0.1:${port}`;
  return stringify({ ...config, contexts: [{ ...current, name: 'proxied' }], 'current-context': 'proxied' });
}

/** Asks an address again and again, each time by a new connection. */
export class Asking {
  done = 0;
  readonly failures: string[] = [];
  private readonly stopping = new AbortController();
  private readonly going: Promise<void>;

  constructor(url: string) {
    this.going = this.ask(url);
  }

  private async ask(url: string): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const said = await fetch(url, { headers: { connection: 'close' } }).then(
        (response) => response.text().then(() => (response.status === 200 ? null : `${response.status}`)),
        (error: Error & { cause?: { code?: string } }) => error.cause?.code ?? error.message,
      );
      this.done += 1;
      if (said !== null) this.failures.push(said);
      await pause(10);
    }
  }

  async stop(): Promise<this> {
    this.stopping.abort();
    await this.going;
    return this;
  }
}

/** The address that `escale open` prints, once it answers. */
export async function addressOf(escale: Escale, name: string, service = 'web'): Promise<string> {
  const { stdout } = await escale.must(['open', `${name}/${service}`, '-e', 'production', '--json']);
  const { address } = JSON.parse(stdout) as { address: string };
  await waitFor(`${address} answers`, async () => (await fetch(address).catch(() => null))?.ok);
  return address;
}
