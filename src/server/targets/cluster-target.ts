import os from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { SecretReader } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { isLoopback } from '../../core/image/index.ts';
import { type ClusterSetting, contextOf, type HostFinding, IN_CLUSTER } from '../../core/target/index.ts';
import {
  type ClusterAccess,
  type ClusterImages,
  examineCluster,
  HttpCluster,
  inClusterAccess,
  KubernetesEngine,
  kubeconfigFiles,
  lookAround,
  readContext,
} from '../../engines/kubernetes/index.ts';
import type { Place } from '../place.ts';
import { clusterFindings } from './cluster-findings.ts';
import type { LinkState } from './link.ts';
import type { StoredTarget } from './target-store.ts';

export interface ClusterTargetParts {
  target: StoredTarget & { cluster: ClusterSetting };
  imagesFor: (setting: ClusterSetting) => ClusterImages;
  secrets: SecretReader;
  /** The places whose files name it. */
  places: () => Place[];
  /** Whether what others have changed there is taken back. */
  repairs: (place: Place) => boolean;
  now: () => number;
  onBack: () => void;
  /** Why it does not answer, for people. */
  onAway: (reason: EscaleError) => void;
}

const BEAT_MS = 5000;
const REGISTRY_MS = 5000;
/** While the cluster takes a pod out everywhere, seconds. */
const SLEEP_SECONDS = 10;

/** A cluster that environments run on: its engine, and whether its API answers. */
export class ClusterTarget {
  readonly engine: KubernetesEngine;
  private readonly parts: ClusterTargetParts;
  private readonly cluster: HttpCluster;
  private readonly stop = new AbortController();
  private isThere = false;
  private since: number | null = null;
  private problem: EscaleError | null = null;
  private look: Promise<void> | null = null;

  constructor(parts: ClusterTargetParts) {
    const { target, imagesFor, secrets, places, repairs, now } = parts;
    const { routing, postgres, storage, outbound } = target.cluster;
    this.parts = parts;
    this.cluster = new HttpCluster(() => accessTo(target.address));
    this.engine = new KubernetesEngine({
      cluster: this.cluster,
      options: { routing, postgres, storage, outbound, sleepSeconds: SLEEP_SECONDS },
      images: imagesFor(target.cluster),
      ...{ secrets, places, repairs, now },
    });
  }

  get state(): LinkState {
    return this.isThere
      ? { state: 'connected' }
      : { state: 'away', since: this.since, problem: this.problem };
  }

  /** Throws `cluster-away` and the like while its API does not answer. */
  mustBeThere(): void {
    if (this.isThere) return;
    throw this.problem ?? new EscaleError('cluster-away', `${this.parts.target.name} is being asked`);
  }

  /** Asks now where it is away. Resolves when that has ended, or after a while. */
  async settle(withinMs: number): Promise<void> {
    if (!this.isThere) await Promise.race([this.ask(), pause(withinMs, undefined, { ref: false })]);
  }

  /** Asks again and again from now on. */
  keep(): void {
    void this.beat();
  }

  async close(): Promise<void> {
    this.stop.abort();
    this.engine.close();
  }

  /** What is there and what is missing, for people; with a system for that one alone. */
  async examine(system: string | null): Promise<HostFinding[]> {
    const { address, cluster: setting } = this.parts.target;
    const places = this.parts.places().filter((place) => system === null || place.system === system);
    try {
      const [facts, around, problem] = await Promise.all([
        examineCluster(this.cluster, setting, places),
        lookAround(this.cluster, setting),
        registryProblem(setting),
      ]);
      const look = { address, setting, facts, around, registryProblem: problem };
      return clusterFindings({ ...look, architecture: architecture() });
    } catch (error) {
      if (!(error instanceof EscaleError)) throw error;
      return [{ subject: 'cluster', state: 'problem', text: error.message, next: error.next }];
    }
  }

  private async beat(): Promise<void> {
    while (!this.stop.signal.aborted) {
      await this.ask();
      await pause(BEAT_MS, undefined, { signal: this.stop.signal, ref: false }).catch(() => {});
    }
  }

  private ask(): Promise<void> {
    this.look ??= this.askNow().finally(() => {
      this.look = null;
    });
    return this.look;
  }

  private async askNow(): Promise<void> {
    try {
      await this.cluster.version();
      const isNews = !this.isThere;
      Object.assign(this, { isThere: true, since: null, problem: null });
      if (isNews && !this.stop.signal.aborted) this.parts.onBack();
    } catch (error) {
      if (!(error instanceof EscaleError)) throw error;
      const isNews = this.problem === null;
      this.isThere = false;
      this.since ??= this.parts.now();
      this.problem = error;
      if (isNews && !this.stop.signal.aborted) this.parts.onAway(error);
    }
  }
}

/** Whether somebody answers as registries do, whoever may come in; else why not. */
async function registryProblem({ registry, plainHttp }: ClusterSetting): Promise<string | null> {
  try {
    const isPlain = plainHttp || isLoopback(registry);
    const answer = await fetch(`${isPlain ? 'http' : 'https'}://${registry}/v2/`, {
      signal: AbortSignal.timeout(REGISTRY_MS),
      redirect: 'manual',
    });
    return answer.status < 500 && answer.status !== 404 ? null : `answer ${answer.status}`;
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    return cause?.code ?? message;
  }
}

function architecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

function accessTo(address: string): ClusterAccess {
  const context = contextOf(address);
  if (context !== IN_CLUSTER) return readContext(kubeconfigFiles(process.env, os.homedir()), context);
  const access = inClusterAccess(process.env);
  if (access !== null) return access;
  throw new EscaleError(
    'cluster-config',
    'this Escale does not run in a cluster, so it has no account of one',
  );
}
