import type { Engine, EngineEvent, ResourceKind, SecretReader } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { homeLayout } from '../../core/home/index.ts';
import type { KubernetesPart } from '../../core/kubernetes/index.ts';
import { didYouMean, ENGINES, nearest } from '../../core/manifest/index.ts';
import {
  addressText,
  type ClusterSetting,
  checkTargetName,
  contextOf,
  type HostFinding,
  isClusterAddress,
  judgeHost,
  parseAddress,
} from '../../core/target/index.ts';
import type { ClusterImages } from '../../engines/kubernetes/index.ts';
import { askOverSsh, probe } from '../../targets/index.ts';
import type { DockerHere } from '../docker-here.ts';
import type { Place } from '../place.ts';
import { type ResourceHost, resourcesHere } from '../resource-host.ts';
import { ClusterTarget, type ClusterTargetParts } from './cluster-target.ts';
import { beginSession, Link, type LinkParts, type LinkState } from './link.ts';
import { resourcesElsewhere, resourcesInCluster } from './resources-elsewhere.ts';
import { TargetEngine } from './target-engine.ts';
import type { StoredTarget, TargetStore } from './target-store.ts';

export interface TargetsParts {
  store: TargetStore;
  /** Id of this control plane. */
  owner: string;
  /** Folders of this host, absolute: for sockets; where Escale runs from; artifacts; packages. */
  run: string;
  root: string;
  artifacts: string;
  packages: string;
  /** Folder of all backups that are kept here, absolute. */
  backups: string;
  kinds: ResourceKind[];
  secrets: SecretReader;
  /** What images stand on; null: the usual. */
  imageBase: string | null;
  /** As `uname -m` says it. */
  machine: string;
  now: () => number;
  /** Systems that are up in environments of a target, as `system in environment`. */
  usersOf: (target: string) => string[];
  /** The places whose newest release is for a target. */
  placesOf: (target: string) => Place[];
  /** Whether what others have changed at a place is taken back. */
  repairs: (place: Place) => boolean;
  /** Where images for a cluster are made and brought to. */
  imagesFor: (setting: ClusterSetting) => ClusterImages;
  onEvent: (event: EngineEvent) => void;
}

/** A target to be made known. */
export interface TargetWish {
  name: string;
  address: string;
  listen: string[];
  port: number | null;
  takeOver: boolean;
  /** How a cluster is used; null: it is a host. */
  cluster: ClusterSetting | null;
}

export interface TargetState {
  target: StoredTarget;
  link: LinkState;
}

/** Where clusters take requests from outside. */
const HTTP_PORT = 80;
/** Longest wait for what is being connected, ms. */
const SETTLED_MS = 5000;
/** The same where it was just reached by another one. */
const FIRST_MS = 60_000;

type Known = KnownHost | KnownCluster;

interface KnownHost {
  kind: 'host';
  target: StoredTarget;
  link: Link;
  engine: Engine;
}

interface KnownCluster {
  kind: 'cluster';
  target: StoredTarget;
  link: ClusterTarget;
  engine: Engine;
}

/** Hosts and clusters elsewhere that environments run on: made known, kept connected, and let go. */
export class Targets {
  private readonly parts: TargetsParts;
  private readonly known = new Map<string, Known>();
  /** Each time one answers again, or does not any more. */
  onChange: () => void = () => {};
  /** One has an engine that nobody follows yet. */
  onNew: (name: string, engine: Engine) => void = () => {};

  constructor(parts: TargetsParts) {
    this.parts = parts;
    for (const target of parts.store.all()) this.take(target);
  }

  resume(): void {
    for (const { link } of this.known.values()) link.keep();
  }

  close(): void {
    for (const { link } of this.known.values()) void link.close();
  }

  /** Once each has answered or failed, or after a while: just started, nothing is known yet. */
  async listSettled(): Promise<TargetState[]> {
    await Promise.all([...this.known.values()].map(({ link }) => link.settle(SETTLED_MS)));
    return this.list();
  }

  list(): TargetState[] {
    return [...this.known.values()].map(({ target, link }) => ({ target, link: link.state }));
  }

  engines(): Map<string, Engine> {
    return new Map([...this.known].map(([name, { engine }]) => [name, engine]));
  }

  /** Throws `target-unknown`. */
  engineOf(name: string): Engine {
    return this.mustKnow(name).engine;
  }

  /** False for hosts, and for those that nobody knows. */
  isCluster(name: string): boolean {
    return this.known.get(name)?.kind === 'cluster';
  }

  /** What was applied at a place in a cluster; null: nothing is. Throws `target-unknown`, `cluster-lacks`, `cluster-away`. */
  async deployed(name: string, place: Place): Promise<KubernetesPart[] | null> {
    const known = this.mustKnow(name);
    if (known.kind === 'cluster') return known.link.engine.deployed(place);
    throw new EscaleError('cluster-lacks', `${name} is a host, which has no objects of a cluster`);
  }

  /** Throws `target-unknown`, `target-away`, `cluster-away`. */
  async mustAnswer(name: string): Promise<void> {
    const { link } = this.mustKnow(name);
    await link.settle(SETTLED_MS);
    link.mustBeThere();
  }

  /** Folder of an artifact there, absolute. Throws `target-unknown`. */
  artifactThere(name: string, digest: string): string {
    const { kind, target } = this.mustKnow(name);
    // A cluster gets images, which are made here.
    const folder = kind === 'cluster' ? this.parts.artifacts : homeLayout(target.home, '/tmp').artifacts;
    return `${folder}/${digest}`;
  }

  /** Throws `target-unknown`. */
  resourcesOf(name: string): ResourceHost {
    const known = this.mustKnow(name);
    if (known.kind === 'cluster') {
      const { engine } = known.link;
      const here = { kinds: this.parts.kinds, folder: '', backups: this.parts.backups, volumes: '' };
      return resourcesInCluster(
        (place, resource) => engine.databaseWay(place, resource),
        resourcesHere(here),
      );
    }
    return resourcesElsewhere(known.link, known.target.home, this.parts.kinds);
  }

  /**
   * Makes a host known: looks at it, brings Escale there, stamps it. Said again of the same host it changes where its gateway
   * listens. Throws `target-name`, `target-address`, `target-exists`, `target-unfit`, `target-owned`, `target-away` and the like.
   */
  async add(wish: TargetWish, tell: (step: string) => void): Promise<StoredTarget> {
    const { name, listen, port, takeOver } = wish;
    checkTargetName(name);
    if (isClusterAddress(wish.address)) return this.addCluster(wish, tell);
    const parsed = parseAddress(wish.address);
    const address = addressText(parsed);
    const before = this.mustBeFree(name, address);
    tell(`look at ${address}`);
    const facts = await probe(parsed);
    refuseUnfit(name, judgeHost(facts, this.parts));
    const target = {
      name,
      address,
      listen,
      port,
      home: facts.home,
      addedAt: this.parts.now(),
      cluster: null,
    };
    await before?.link.close();
    return this.takeIn(target, before, async () => {
      const session = await beginSession(
        { ...this.parts, target },
        { takeOver, leave: false, socket: null, tell },
      );
      session.end();
    });
  }

  /** A cluster needs nothing of Escale: it is asked once whether it answers. */
  private async addCluster(
    { name, address, cluster }: TargetWish,
    tell: (step: string) => void,
  ): Promise<StoredTarget> {
    contextOf(address);
    if (cluster === null)
      throw new EscaleError(
        'target-address',
        `${name}: a cluster takes its images from a registry, which was not named`,
        {
          next: 'Add `--registry registry.example.org/team`: where Escale brings images, and the cluster takes them from.',
        },
      );
    const before = this.mustBeFree(name, address);
    tell(`ask ${address}`);
    await before?.link.close();
    const target = {
      name,
      address,
      listen: [],
      port: HTTP_PORT,
      home: '',
      addedAt: this.parts.now(),
      cluster,
    };
    return this.takeIn(target, before, async () => {});
  }

  /** What has that name already, at the same address. Throws `target-exists` where it is at another one. */
  private mustBeFree(name: string, address: string): Known | undefined {
    const before = this.known.get(name);
    if (before !== undefined && before.target.address !== address)
      throw new EscaleError('target-exists', `${name} is ${before.target.address}`);
    return before;
  }

  /** Kept once it is made ready and answers; else what was there before stays. */
  private async takeIn(
    target: StoredTarget,
    before: Known | undefined,
    makeReady: () => Promise<void>,
  ): Promise<StoredTarget> {
    try {
      await makeReady();
      await this.connect(target);
    } catch (error) {
      this.known.delete(target.name);
      if (before !== undefined) this.keep(before.target);
      throw error;
    }
    this.parts.store.save(target);
    this.onChange();
    return target;
  }

  /** The first connection. Throws why there is none; later on it is tried again and again. */
  private async connect(target: StoredTarget): Promise<void> {
    const link = this.keep(target);
    await link.settle(FIRST_MS);
    const { state } = link;
    if (state.state === 'connected') return;
    void link.close();
    throw state.problem ?? new EscaleError('target-away', `${target.name} does not answer in time`);
  }

  /**
   * Ends everything of Escale there and forgets it; what databases and volumes keep stays there. `forget`: without asking a
   * host that is gone. Throws `target-unknown`, `target-in-use`, `target-away`.
   */
  async remove(name: string, { forget }: { forget: boolean }): Promise<void> {
    const { target, link } = this.mustKnow(name);
    const users = this.parts.usersOf(name);
    if (users.length > 0 && !forget)
      throw new EscaleError('target-in-use', `up on ${name}: ${users.join(', ')}`);
    await link.close();
    try {
      if (!forget && target.cluster === null) await this.leave(target);
      this.parts.store.remove(name);
      this.known.delete(name);
    } catch (error) {
      this.keep(target);
      throw error;
    }
    this.onChange();
  }

  private async leave(target: StoredTarget): Promise<void> {
    const manner = { takeOver: false, leave: true, socket: null };
    const session = await beginSession({ ...this.parts, target }, manner);
    session.end();
    await askOverSsh(parseAddress(target.address), ['sh', '-c', CLEAR_SCRIPT, 'escale', target.home]);
  }

  /** What is there and what is missing on a host, for people. Throws `target-unknown`. */
  async examine(name: string, system: string | null = null): Promise<HostFinding[]> {
    const known = this.mustKnow(name);
    if (known.kind === 'cluster') return known.link.examine(system);
    const { target, link } = known;
    try {
      const facts = await probe(parseAddress(target.address));
      const found = judgeHost(facts, this.parts);
      return [
        { subject: 'ssh', state: 'good', text: target.address },
        ...found,
        ...(await this.examineRunning(link)),
      ];
    } catch (error) {
      if (!(error instanceof EscaleError)) throw error;
      return [{ subject: 'ssh', state: 'problem', text: error.message, next: error.next }];
    }
  }

  private async examineRunning(link: Link): Promise<HostFinding[]> {
    await link.settle(SETTLED_MS);
    if (link.state.state === 'away') {
      const { problem } = link.state;
      const text = problem === null ? 'it is being connected' : problem.message;
      return [{ subject: 'escale', state: 'problem', text, ...(problem !== null && { next: problem.next }) }];
    }
    const [{ docker }, { gateway }] = await Promise.all([
      link.client.call<{ docker: DockerHere | { none: string } }>('GET', '/host'),
      link.engine.observe(),
    ]);
    return [
      ...('none' in docker
        ? [{ subject: 'docker', state: 'problem', text: docker.none } as const]
        : [
            { subject: 'docker', state: 'good', text: docker.text } as const,
            ...docker.notes.map((text) => ({ subject: 'docker', state: 'note', text }) as const),
          ]),
      gateway.problem === null
        ? {
            subject: 'escale',
            state: 'good',
            text: `runs, and its gateway ${gateway.connected ? 'carries traffic' : 'is starting'}`,
          }
        : {
            ...{ subject: 'port', state: 'problem', text: gateway.problem },
            next: 'Stop what holds it there, or say another one: `escale target add` again, with `--port`.',
          },
    ];
  }

  /** Throws `target-unknown`, with the nearest name. */
  mustKnow(name: string): Known {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const names = [...ENGINES, ...this.known.keys()];
    const next =
      didYouMean(nearest(name, names)) ??
      `There are: ${names.join(', ')}. \`escale target add\` makes more known.`;
    throw new EscaleError('target-unknown', `there is no target ${JSON.stringify(name)}`, { next });
  }

  /** Connected from now on, in place of an earlier connection of its name. */
  private keep(target: StoredTarget): Known['link'] {
    const { link, engine } = this.take(target);
    link.keep();
    this.onNew(target.name, engine);
    return link;
  }

  private take(target: StoredTarget): Known {
    const { name } = target;
    const telling = {
      onBack: () => this.tell('target-connected', `${name} answers`),
      onAway: ({ message }: EscaleError) => this.tell('target-away', `${name}: ${message}`),
    };
    const known =
      target.cluster === null
        ? this.host(target, telling)
        : this.cluster({ ...target, cluster: target.cluster }, telling);
    this.known.set(name, known);
    return known;
  }

  private host(target: StoredTarget, telling: Pick<LinkParts, 'onBack' | 'onAway'>): KnownHost {
    const link = new Link({ ...this.parts, ...telling, target });
    return {
      kind: 'host',
      target,
      link,
      engine: new TargetEngine({ ...this.parts, name: target.name, link }),
    };
  }

  private cluster(
    target: ClusterTargetParts['target'],
    telling: Pick<LinkParts, 'onBack' | 'onAway'>,
  ): KnownCluster {
    const places = () => this.parts.placesOf(target.name);
    const link = new ClusterTarget({ ...this.parts, ...telling, target, places });
    return { kind: 'cluster', target, link, engine: link.engine };
  }

  private tell(type: string, message: string): void {
    const nowhere = { system: '', environment: '', service: '', instance: '', release: 0 };
    this.parts.onEvent({ at: this.parts.now(), type, ...nowhere, message });
    this.onChange();
  }
}

/** What is left there: what services and databases kept, and backups; `$1`: Escale's home. */
const CLEAR_SCRIPT = [
  'if [ "${1##*/}" = escale-target ] && cd "$1"; then :; else exit 0; fi',
  'rm -rf parts artifacts packages cache run logs supervisor gateway pipelines repositories secrets secret-key server.json id',
  'find resources volumes backups -depth -type d -exec rmdir {} + 2>/dev/null',
  'cd / && rmdir "$1" 2>/dev/null',
  'exit 0',
].join('; ');

function refuseUnfit(name: string, findings: HostFinding[]): void {
  const problems = findings.filter(({ state }) => state === 'problem');
  if (problems.length === 0) return;
  const text = problems.map((one) => `${one.subject}: ${one.text}`).join('; ');
  throw new EscaleError('target-unfit', `${name} can't be a target: ${text}`, {
    next: problems.map(({ next }) => next ?? '').join(' '),
  });
}
