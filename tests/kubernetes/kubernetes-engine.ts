import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DesiredSystem, InstanceSet, JobRun } from '../../src/core/contracts/index.ts';
import { homeLayout } from '../../src/core/home/index.ts';
import { type ChosenRouting, namespaceOf } from '../../src/core/kubernetes/index.ts';
import {
  type ClusterAccess,
  type ClusterImages,
  HttpCluster,
  KubernetesEngine,
} from '../../src/engines/kubernetes/index.ts';
import { clusterImages } from '../../src/server/cluster-images.ts';
import { imagePusher } from '../../src/server/image-source.ts';
import type { EngineUnderTest } from '../contracts/engine-under-test.ts';
import { TestSystem } from '../contracts/system.ts';
import { baseOf, shareImages } from '../docker/base.ts';
import { waitFor } from '../e2e/wait.ts';
import { removeNamespace, testAccess, testRegistry } from './cluster.ts';

const SECRET = { name: 'KEEPERS_SECRET', value: 'not-for-instances' };
const ENVIRONMENT = 'local';

export interface ClusterUnderTest extends EngineUnderTest {
  engine: KubernetesEngine;
  images: ClusterImages;
  access: ClusterAccess;
  /** A name of a system that no other run has; its namespace goes at the end. */
  nameOf(system: string): string;
}

/** The engine over the cluster of the current kubeconfig, with a registry that both reach. */
export async function makeKubernetesEngine(): Promise<ClusterUnderTest> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-kubernetes-'));
  const home = homeLayout(path.join(folder, 'home'), folder);
  const shared = path.join(folder, 'images');
  const base = await baseOf(folder, shared);
  shareImages(home.root, shared);
  process.env[SECRET.name] = SECRET.value;
  const access = testAccess();
  const images = clusterImages(imagePusher(home, `tar:${base}`), testRegistry());
  const run = randomBytes(3).toString('hex');
  const names = new Set<string>();
  const artifacts = new Map<string, string>();
  const places = () => [...names].map((system) => ({ system, environment: ENVIRONMENT }));
  const make = () => engineOver({ access, images, places });
  const made: ClusterUnderTest = {
    ...{
      engine: make(),
      images,
      access,
      node: 'node',
      sharesPort: true,
      mixesStreams: true,
      patienceMs: 150_000,
      secret: SECRET,
    },
    seesEndsOfAdopted: true,
    hostPid: () => {
      throw new Error('processes of nodes are not this host’s');
    },
    artifact: async (program) => {
      const known = artifacts.get(program) ?? writeArtifact(home.artifacts, program);
      artifacts.set(program, known);
      return known;
    },
    nameOf: (system) => {
      const name = `${system}-${run}`;
      names.add(name);
      return name;
    },
    killKeeper: async () => {
      made.engine.close();
      made.engine = make();
      await made.engine.observe();
    },
    logBytes: () => {
      throw new Error('logs are with the nodes');
    },
    close: async () => {
      made.engine.close();
      for (const { system } of places()) await removeNamespace(namespaceOf(system, ENVIRONMENT));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return made;
}

export interface EngineWish {
  routing?: ChosenRouting;
  access: ClusterAccess;
  images: ClusterImages;
  places: () => { system: string; environment: string }[];
  repairs?: boolean;
  /** Of volumes; null: the cluster's default. */
  storageClass?: string | null;
}

export function engineOver({
  access,
  images,
  places,
  repairs = false,
  storageClass = null,
  routing = { kind: 'node-port' },
}: EngineWish): KubernetesEngine {
  return new KubernetesEngine({
    cluster: new HttpCluster(() => access),
    options: {
      routing,
      postgres: { kind: 'stateful-set', image: null },
      storage: { size: '1Gi', className: storageClass },
      outbound: false,
      sleepSeconds: 2,
    },
    images,
    secrets: { value: (_, name, version) => `value of ${name} ${version}` },
    ...{ places, repairs: () => repairs, now: Date.now },
  });
}

function writeArtifact(store: string, program: string): string {
  mkdirSync(store, { recursive: true, mode: 0o755 });
  const folder = mkdtempSync(path.join(store, `test-${randomBytes(4).toString('hex')}`));
  writeFileSync(path.join(folder, 'main.mjs'), program, { mode: 0o444 });
  return folder;
}

/** A system of a test, asked at the ports of nodes. */
export class ClusterSystem extends TestSystem {
  private readonly made: ClusterUnderTest;

  constructor(made: ClusterUnderTest, name: string) {
    super(made, made.nameOf(name));
    this.made = made;
  }

  get namespace(): string {
    return namespaceOf(this.name, ENVIRONMENT);
  }

  override wish(sets: InstanceSet[], resources: DesiredSystem['resources'] = []): DesiredSystem {
    const services = new Set(sets.filter(({ plan }) => plan.port).map(({ service }) => service));
    const routes = [...services].map((service) => ({ host: `${service}.test`, prefix: '/', service }));
    return { ...super.wish(sets, resources), routes };
  }

  override async run(...words: Parameters<TestSystem['run']>): Promise<JobRun> {
    const run = await super.run(...words);
    return { ...run, plan: { ...run.plan, env: { ...run.plan.env, TMPDIR: '/tmp' } } };
  }

  /** Where a service is reached from outside of the cluster. */
  async address(service = 'web'): Promise<string> {
    const cluster = new HttpCluster(() => this.made.access);
    const ref = { apiVersion: 'v1', kind: 'Service', namespace: this.namespace, name: service };
    const found = (await cluster.get(ref)) as { spec?: { ports: { nodePort: number }[] } } | null;
    const { items } = await cluster.list({ apiVersion: 'v1', kind: 'Node' }, {});
    cluster.close();
    const { addresses } = items[0]!.status as { addresses: { type: string; address: string }[] };
    const host = addresses.find(({ type }) => type === 'InternalIP')!.address;
    return `http://${host}:${found!.spec!.ports[0]!.nodePort}`;
  }

  /** Nodes learn of a first instance a moment after it is ready: who is refused until then asks again. */
  override async get(path: string, service = 'web'): Promise<{ status: number; text: string }> {
    const url = `${await this.address(service)}${path}`;
    let response: Response | null = null;
    await waitFor(`${service} is reached`, async () => {
      response = await fetch(url, { headers: { connection: 'close' } }).catch(ifRefused);
      return response !== null;
    });
    const { status } = response!;
    return { status, text: await (response! as Response).text() };
  }
}

function ifRefused(error: Error & { cause?: { code?: string } }): null {
  if (error.cause?.code === 'ECONNREFUSED') return null;
  throw error;
}
