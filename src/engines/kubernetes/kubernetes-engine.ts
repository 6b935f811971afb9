import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type DesiredSystem,
  type Engine,
  type EnginePlace,
  type ExecRequest,
  type ExecSession,
  type HeldWish,
  type InstancePlan,
  type JobRun,
  type LogLine,
  type LogQuery,
  type Observation,
  type ObservedInstance,
  type ReleaseRecord,
  type SecretReader,
  type Stray,
  type ToldEvent,
  wishDigest,
} from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { IMAGE_ADDRESS } from '../../core/image/index.ts';
import {
  type ChosenRouting,
  type ClusterOptions,
  isGateway,
  type KubernetesPart,
  type PostgresSetting,
  RUN_ANNOTATION,
  renderDesired,
  renderPlace,
  renderRun,
  runName,
} from '../../core/kubernetes/index.ts';
import { ChangeCount, EventRing } from '../../host/index.ts';
import type { Cluster, LiveObject } from './api/index.ts';
import { isRefusal } from './api/index.ts';
import {
  applyNoted,
  applyParts,
  deleteAll,
  isWorkload,
  ownObjects,
  surplusOf,
  tryParts,
} from './applying.ts';
import { type DatabaseWay, readySince, wayInto } from './databases.ts';
import { GatewayTraffic } from './gateway-traffic.ts';
import { newsBetween } from './instance-news.ts';
import { handOverNumbers, scaledBefore } from './numbers.ts';
import type { SeenObjects } from './place-watch.ts';
import { type PlaceInCluster, Places } from './places.ts';
import { addressOf, containerOf, PodLogs } from './pod-logs.ts';
import { ReleaseRecords } from './release-records.ts';
import { straysOf } from './strays.ts';
import { Values } from './values.ts';
import { forgetUnbound, makeWay, toBeMadeAnew } from './volumes.ts';
import type { KeptWish } from './wish-record.ts';

/** Brings the image of an artifact to where the cluster finds it. */
export interface ClusterImages {
  /** `registry.example.org/shop/web@sha256:…`. Throws what making or bringing one throws. */
  place(of: { system: string; service: string; plan: InstancePlan }): Promise<string>;
  /** The same of Escale's own gateway. */
  gateway(): Promise<string>;
  /** The same of the PostgreSQL that Escale brings. */
  postgres(): Promise<string>;
}

export interface KubernetesEngineParts {
  cluster: Cluster;
  options: Omit<ClusterOptions, 'namespace' | 'routing' | 'postgres'> & {
    routing: ChosenRouting;
    postgres: PostgresSetting;
  };
  images: ClusterImages;
  secrets: SecretReader;
  /** The systems in environments that this cluster is for. */
  places: () => EnginePlace[];
  /** Whether what others have changed by hand is taken back there. */
  repairs: (place: EnginePlace) => boolean;
  now: () => number;
}

/** Its name among the images of a wish; those of programs have two words. */
const POSTGRES = 'postgres';
/** Longest wait for pods to go, beside their own grace, ms. */
const LOOK_MS = 2000;
/** Longest wait for the first pod of a gateway, ms. */
const GATEWAY_MS = 120_000;
/** And for the others, once one takes requests, ms. */
const GATEWAY_REST_MS = 15_000;
/** What the gateway's image is kept as. */
const GATEWAY = 'gateway';
/** Longest wait for databases before a job begins, and between two looks, ms. */
const SETTLED_MS = 120_000;
const SOON_MS = 500;
/** From when a pod is ready until every node sends to it: until then its address refuses. Nothing tells of it, ms. */
const NODES_LEARN_MS = 4000;

/**
 * The engine of a cluster. It remembers nothing that the cluster does not: what is wished is kept in the namespace, and the
 * cluster brings it about, also while nobody watches.
 */
export class KubernetesEngine implements Engine {
  private readonly parts: KubernetesEngineParts;
  private readonly places: Places;
  private readonly values: Values;
  private readonly podLogs: PodLogs;
  private readonly traffic: GatewayTraffic | null = null;
  private readonly records: ReleaseRecords;
  /** Images by what they were made of, as far as this process has needed them. */
  private readonly placed = new Map<string, string>();
  private readonly ring = new EventRing();
  private readonly shown = new Map<PlaceInCluster, ObservedInstance[]>();
  private readonly changes = new ChangeCount();

  constructor(parts: KubernetesEngineParts) {
    const { cluster, secrets } = parts;
    this.parts = parts;
    this.places = new Places(cluster, (place) => this.noteChange(place));
    if (parts.options.routing.kind === 'escale-gateway')
      this.traffic = new GatewayTraffic({
        cluster,
        places: () => this.places.all(),
        onNews: (place) => this.noteChange(place),
      });
    this.values = new Values(cluster, secrets);
    this.podLogs = new PodLogs(cluster);
    this.records = new ReleaseRecords(cluster);
  }

  close(): void {
    this.traffic?.close();
    this.places.close();
    this.parts.cluster.close();
  }

  // ---- wishes

  async apply(desired: DesiredSystem): Promise<void> {
    const { cluster, repairs } = this.parts;
    const place = this.places.of(desired);
    const { namespace } = place;
    const images = await this.imagesOf(desired);
    const options = this.optionsOf(place, images);
    const parts = renderDesired(desired, options, ({ plan }) => images[imageKey(plan)]!);
    await this.mustHaveNamespace(place);
    const how = {
      force: repairs(place.place),
      taken: await scaledBefore(cluster, namespace, parts),
    };
    const anew = await toBeMadeAnew(cluster, parts);
    await tryParts(cluster, parts, { ...how, without: anew });
    const before = await place.wishNow();
    // From here on it is neither the former wish nor the new one, until all of it is done.
    if (before?.digest !== wishDigest(desired)) await place.keep({ desired, images }, 'begun');
    await this.values.bringPasswords(namespace, desired, options);
    const secrets = await this.values.bring(
      namespace,
      desired,
      desired.sets.map(({ plan }) => plan),
    );
    await makeWay(cluster, anew);
    await handOverNumbers(cluster, parts);
    const hasGateway = parts.some(({ objects }) => objects.some(isGateway));
    const isNew = hasGateway && (await place.observe(this.parts.now())).gateway === null;
    await applyParts(cluster, parts, how);
    if (isNew) await this.untilGatewayIsThere(place);
    const applied = parts
      .flatMap(({ objects }) => objects)
      .map(({ kind, metadata: { name } }) => ({ kind, name }));
    const keep = {
      applied: [...applied, ...secrets.map((name) => ({ kind: 'Secret', name }))],
      services: await this.calledServices(place, desired),
    };
    await deleteAll(cluster, await surplusOf(cluster, { namespace, options }, keep));
    await place.keep({ desired, images }, 'done');
    this.noteChange(place);
  }

  /** Requests from outside come in through it: routes are there when its first pods are. */
  private async untilGatewayIsThere(place: PlaceInCluster): Promise<void> {
    const { now } = this.parts;
    const began = now();
    let answersSince: number | null = null;
    let seen = 0;
    for (;;) {
      const { gateway } = await place.observe(now());
      const problem = gateway === null ? 'it is made' : gateway.problem;
      if (gateway?.isWhole) return;
      if (problem === null) answersSince ??= now();
      // A node that is gone keeps nobody waiting for long.
      if (answersSince !== null && now() - answersSince > GATEWAY_REST_MS) return;
      if (problem !== null && now() - began > GATEWAY_MS)
        throw new EscaleError('cluster-refused', `the gateway does not become ready: ${problem}`);
      seen = await this.changed(seen, LOOK_MS);
    }
  }

  /** Services that somebody calls, or whose pods are still there: they keep their address, and may go on. */
  private async calledServices(
    place: PlaceInCluster,
    { system, sets, routes }: DesiredSystem,
  ): Promise<Set<string>> {
    const routed = routes.map(({ service }) => service);
    const used = sets.flatMap(({ plan }) => Object.values(plan.uses)).map((use) => use.split('/'));
    const own = used.filter(([of]) => of === system).map(([, service]) => service!);
    const { pods } = await place.watch.look();
    const there = pods.map(({ metadata: { labels = {} } }) => labels['app.kubernetes.io/name'] ?? '');
    return new Set([...routed, ...own, ...there]);
  }

  private async imagesOf({
    system,
    sets,
    routes,
    resources,
  }: DesiredSystem): Promise<Record<string, string>> {
    const { options, images: made } = this.parts;
    const images: Record<string, string> = {};
    if (options.routing.kind === 'escale-gateway' && routes.length > 0)
      images[GATEWAY] = await made.gateway();
    if (options.postgres.image === null && resources.some(({ external }) => external === null))
      images[POSTGRES] = await made.postgres();
    for (const { service, plan } of sets)
      images[imageKey(plan)] ??= await this.imageOf({ system, service, plan });
    return images;
  }

  private async imageOf(of: Parameters<ClusterImages['place']>[0]): Promise<string> {
    const image = await this.parts.images.place(of);
    this.placed.set(imageKey(of.plan), image);
    return image;
  }

  /** `images`: those of a wish, which its objects are rendered with. */
  private optionsOf({ namespace }: PlaceInCluster, images: Record<string, string> = {}): ClusterOptions {
    const { postgres, routing, ...options } = this.parts.options;
    return {
      ...{ ...options, namespace },
      routing: routing.kind === 'escale-gateway' ? { ...routing, image: images[GATEWAY] ?? '' } : routing,
      postgres:
        postgres.kind === 'stateful-set'
          ? { ...postgres, image: postgres.image ?? images[POSTGRES] ?? '' }
          : postgres,
    };
  }

  /** Whoever gives rights makes it, where Escale has none beyond it. */
  private async mustHaveNamespace(place: PlaceInCluster): Promise<void> {
    const { cluster } = this.parts;
    const ref = { apiVersion: 'v1', kind: 'Namespace', name: place.namespace };
    if ((await cluster.get(ref).catch(ifForbidden)) !== null) return;
    await applyNoted(cluster, renderPlace(place.place, this.optionsOf(place)), { force: false });
  }

  async wishes(): Promise<HeldWish[]> {
    const held = await Promise.all(this.allPlaces().map((place) => this.heldIn(place)));
    return held.filter((wish) => wish !== null);
  }

  private async heldIn(place: PlaceInCluster): Promise<HeldWish | null> {
    const kept = await place.wishNow();
    if (kept === null) return null;
    if (kept.digest === null) return { ...place.place, digest: null };
    const strays = await this.straysIn(place, kept);
    // What is gone comes again, like an instance that was killed; what was changed does where the file says so.
    const repairs = this.parts.repairs(place.place);
    const isOther = strays.some(({ kind }) => kind === 'missing' || (kind === 'changed' && repairs));
    return { ...place.place, digest: isOther ? null : kept.digest };
  }

  /** What was applied at a place, as it was; null: nothing is wished there. */
  async deployed(of: EnginePlace): Promise<KubernetesPart[] | null> {
    const place = this.places.of(of);
    const kept = await place.wishNow();
    return kept === null ? null : this.partsOf(place, kept);
  }

  /** What others have changed of what was applied. */
  async strayed(of: EnginePlace): Promise<Stray[]> {
    const place = this.places.of(of);
    const kept = await place.wishNow();
    return kept?.digest == null ? [] : this.straysIn(place, kept);
  }

  private async straysIn(place: PlaceInCluster, kept: KeptWish): Promise<Stray[]> {
    const options = this.optionsOf(place);
    const live = await ownObjects(this.parts.cluster, { namespace: place.namespace, options });
    return straysOf(this.partsOf(place, kept), live);
  }

  private partsOf(place: PlaceInCluster, { desired, images }: KeptWish): KubernetesPart[] {
    const options = this.optionsOf(place, images);
    return renderDesired(desired, options, ({ plan }) => images[imageKey(plan)] ?? '');
  }

  // ---- what is seen

  async observe(of?: EnginePlace): Promise<Observation> {
    const places = of === undefined ? this.allPlaces() : [this.places.of(of)];
    const now = this.parts.now();
    const all = of === undefined ? await seenOf(places, now) : [await places[0]!.observe(now)];
    return {
      instances: all.flatMap(({ instances }) => instances),
      resources: all.flatMap(({ resources }) => resources),
      runs: all.flatMap(({ runs }) => runs),
      sets: all.flatMap(({ sets }) => sets),
      services: all.flatMap(({ services }) => services),
      capabilities: {},
      gateway: { connected: true, pid: null, problem: null },
    };
  }

  private allPlaces(): PlaceInCluster[] {
    for (const place of this.parts.places()) this.places.of(place);
    return this.places.all();
  }

  changed(seen: number, timeoutMs: number): Promise<number> {
    return this.changes.after(seen, timeoutMs);
  }

  events(signal: AbortSignal): AsyncIterable<ToldEvent> {
    return this.ring.after(0, signal);
  }

  private noteChange(place: PlaceInCluster): void {
    const now = this.parts.now();
    const { instances } = place.known(now);
    for (const event of newsBetween(this.shown.get(place) ?? [], instances, now)) this.ring.add(event);
    this.shown.set(place, instances);
    this.changes.note();
  }

  // ---- jobs

  async run(run: JobRun): Promise<void> {
    const { cluster } = this.parts;
    const place = this.places.of(run);
    const { namespace } = place;
    if ((await cluster.get(jobRef(namespace, runName(run)))) !== null) return;
    await this.mustHaveNamespace(place);
    place.wake();
    const resources = (await place.wish())?.desired.resources ?? [];
    const image = await this.imageOf({ system: run.system, service: run.job, plan: run.plan });
    await this.untilSettled(place, run);
    await this.values.bring(namespace, { ...run, resources }, [run.plan]);
    const objects = renderRun(run, { options: this.optionsOf(place), resources, image });
    await applyParts(cluster, [{ name: run.job, stage: 'jobs', objects }], { force: true });
    place.wake();
    this.noteChange(place);
  }

  /** A database that is just being started anew, with another image, is waited for: a job is not tried twice. */
  private async untilSettled({ namespace }: PlaceInCluster, { plan }: JobRun): Promise<void> {
    const { cluster, now } = this.parts;
    const own = plan.resources.filter(({ external }) => external !== true);
    const deadline = performance.now() + SETTLED_MS;
    let seen = 0;
    while (performance.now() < deadline) {
      const since = await Promise.all(
        own.map(({ resource: name }) => readySince(cluster, { namespace, name })),
      );
      if (!since.includes(null)) {
        const left = Math.max(0, ...since.map(Number)) + NODES_LEARN_MS - now();
        if (left > 0) await pause(Math.min(left, NODES_LEARN_MS));
        return;
      }
      seen = await this.changed(seen, SOON_MS);
    }
  }

  async forgetRun(id: string, of?: EnginePlace): Promise<void> {
    for (const place of of === undefined ? this.allPlaces() : [this.places.of(of)]) {
      const { jobs } = await place.watch.look();
      const run = jobs.find((job) => runIdOf(job) === id);
      if (run === undefined) continue;
      const { name, uid, labels = {} } = run.metadata;
      await this.parts.cluster.delete(jobRef(place.namespace, name), { uid });
      const isPodOfIt = ({ ownerReferences = [] }: LiveObject['metadata']) =>
        ownerReferences.some((owner) => owner.uid === uid);
      await this.until(
        place,
        (seen) => !seen.jobs.some((job) => runIdOf(job) === id) && !hasPod(seen, isPodOfIt),
      );
      const job = labels['app.kubernetes.io/name']!;
      if (!jobs.some((other) => other !== run && other.metadata.labels?.['app.kubernetes.io/name'] === job))
        await this.forgetJob(place, job);
    }
  }

  /** What all runs of a job share. */
  private async forgetJob({ namespace }: PlaceInCluster, name: string): Promise<void> {
    const { cluster } = this.parts;
    await cluster.delete({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace, name });
    await cluster.delete({ apiVersion: 'v1', kind: 'ServiceAccount', namespace, name });
  }

  async recordReleases(of: EnginePlace, records: ReleaseRecord[]): Promise<void> {
    const kept = await this.places.of(of).wish();
    await this.records.write(of, records, (artifact, program) => {
      const key = keyOf(artifact, program);
      return this.placed.get(key) ?? kept?.images[key];
    });
  }

  // ---- the end

  async remove(system: string, environment: string): Promise<void> {
    const place = this.places.of({ system, environment });
    const all = await this.removable(place);
    const isData = (object: LiveObject) => componentOf(object) === 'database';
    const kept = await place.wishNow();
    if (kept !== null)
      await place.keep({ desired: { ...kept.desired, sets: [], routes: [] }, images: {} }, 'begun');
    // Programs end before the databases that they need, and what lets them work stays until they have.
    await deleteAll(
      this.parts.cluster,
      all.filter((object) => isWorkload(object) && !isData(object)),
    );
    await this.untilGone(
      place,
      ({ labels = {} }) => labels['app.kubernetes.io/component'] !== 'database' && isOwn(labels),
    );
    await deleteAll(
      this.parts.cluster,
      all.filter((object) => isWorkload(object) && isData(object)),
    );
    await this.untilGone(place, ({ labels = {} }) => isOwn(labels));
    await deleteAll(this.parts.cluster, await this.removable(place));
    await forgetUnbound(this.parts.cluster, place.namespace, ({ metadata: { labels = {} } }) =>
      isClaimOf(labels, place.namespace),
    );
    await this.records.forget(place.namespace);
    await place.forget();
    this.noteChange(place);
    place.rest();
  }

  private async removable(place: PlaceInCluster): Promise<LiveObject[]> {
    const all = await ownObjects(this.parts.cluster, {
      namespace: place.namespace,
      options: this.optionsOf(place),
    });
    const stays = (object: LiveObject) =>
      componentOf(object) === 'engine' || (object.kind === 'Secret' && componentOf(object) === 'database');
    return all.filter((object) => !stays(object));
  }

  /** Until no pod that fits is left. */
  private untilGone(
    place: PlaceInCluster,
    fits: (metadata: LiveObject['metadata']) => boolean,
  ): Promise<void> {
    return this.until(place, (seen) => !hasPod(seen, fits));
  }

  private async until(place: PlaceInCluster, isSo: (seen: SeenObjects) => boolean): Promise<void> {
    let seen = 0;
    while (!isSo(await place.watch.look())) seen = await this.changed(seen, LOOK_MS);
  }

  async forgetLogs(): Promise<void> {
    // They go with their pods.
  }

  /** Claims of volumes, and the passwords of the databases that were on them. */
  async forgetVolumes(system: string, environment: string): Promise<void> {
    const { cluster } = this.parts;
    const { namespace } = this.places.of({ system, environment });
    const labels = { 'app.kubernetes.io/part-of': system, 'app.kubernetes.io/managed-by': 'escale' };
    const claims = await cluster.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, { namespace });
    const secrets = await cluster.list({ apiVersion: 'v1', kind: 'Secret' }, { namespace, labels });
    await deleteAll(cluster, [
      ...claims.items.filter(({ metadata: { labels = {} } }) => isClaimOf(labels, namespace)),
      ...secrets.items.filter((each) => componentOf(each) === 'database'),
    ]);
  }

  async tidy(): Promise<void> {
    // Images in a registry are its keeper’s: others may use them.
  }

  async holdResource(): Promise<void> {
    throw new EscaleError('cluster-lacks', 'a copy can’t be brought back into a database of a cluster yet', {
      next: 'It can be on a host: deploy the system there, and name the folder that `escale backup` printed: `escale restore SYSTEM FOLDER`.',
    });
  }

  async letGoResource(): Promise<void> {
    throw lacks('A database of a cluster is held by nobody');
  }

  // ---- instances

  async *logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine> {
    const place = this.places.of(query);
    await place.watch.look();
    const followed = new Map<string, number>();
    const pods = podsFor(place, query);
    for (const line of await this.podLogs.past(pods, query, signal)) {
      followed.set(line.instance, line.at);
      yield line;
    }
    if (query.follow) yield* this.follow(place, query, { followed, signal });
  }

  private async *follow(
    place: PlaceInCluster,
    query: LogQuery,
    { followed, signal }: { followed: Map<string, number>; signal: AbortSignal },
  ): AsyncIterable<LogLine> {
    const lines: LogLine[] = [];
    const busy = new Set<string>();
    let seen = this.changes.newest;
    let wake = () => {};
    signal.addEventListener('abort', () => wake(), { once: true });
    while (!signal.aborted) {
      for (const pod of podsFor(place, query)) {
        const key = pod.metadata.uid;
        if (busy.has(key) || pod.status?.containerStatuses?.[0]?.state?.running === undefined) continue;
        busy.add(key);
        void this.collect(pod, { followed, signal, take: (line) => lines.push(line) && wake() }).finally(() =>
          busy.delete(key),
        );
      }
      while (lines.length > 0) yield lines.shift()!;
      const told = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await Promise.race([told, this.changed(seen, LOOK_MS)]);
      seen = this.changes.newest;
    }
  }

  private async collect(
    pod: Parameters<PodLogs['following']>[0],
    {
      followed,
      signal,
      take,
    }: { followed: Map<string, number>; signal: AbortSignal; take: (line: LogLine) => void },
  ): Promise<void> {
    try {
      const since = followed.get(pod.metadata.name) ?? 0;
      for await (const line of this.podLogs.following(pod, since, signal)) {
        followed.set(pod.metadata.name, line.at);
        take(line);
      }
    } catch (error) {
      // The connection broke: it is taken up at the next look.
      if (!(error instanceof EscaleError)) throw error;
    }
  }

  async exec({ instance, command }: ExecRequest): Promise<ExecSession> {
    const pod = this.mustKnow(instance);
    return this.parts.cluster.exec(addressOf(pod), { ...containerOf(pod), command });
  }

  /** How a database of Escale's own image is spoken with. Throws `cluster-lacks`, `database-away`. */
  async databaseWay(of: EnginePlace, name: string): Promise<DatabaseWay> {
    const { cluster, options } = this.parts;
    if (options.postgres.kind !== 'stateful-set')
      throw lacks('Escale does not look into databases of CloudNativePG: `kubectl cnpg psql` does');
    const place = this.places.of(of);
    await place.watch.look();
    const pod = place.pods(name).find((each) => !isOver(each));
    return wayInto(cluster, { namespace: place.namespace, name }, pod);
  }

  async forward(instance: string): Promise<ExecSession> {
    return this.parts.cluster.forward(addressOf(this.mustKnow(instance)), IMAGE_ADDRESS.port);
  }

  async kill(instance: string): Promise<void> {
    const pod = this.mustKnow(instance);
    const { uid, ownerReferences = [] } = pod.metadata;
    const ref = { apiVersion: 'v1', kind: 'Pod', ...addressOf(pod) };
    // Without any grace its name would be free before its processes have ended, and two would write to one volume.
    const isOnlyOne = ownerReferences.some(({ kind }) => kind === 'StatefulSet');
    await this.parts.cluster.delete(ref, { graceSeconds: isOnlyOne ? 1 : 0, uid });
  }

  private mustKnow(instance: string) {
    for (const place of this.allPlaces()) {
      const pod = place.podOf(instance);
      if (pod !== null && !isOver(pod)) return pod;
    }
    throw new EscaleError('instance-unknown', `no instance ${instance} runs in the cluster`);
  }
}

/** One place that can’t be seen hides no other; where none can, that is told. */
async function seenOf(places: PlaceInCluster[], now: number) {
  const looks = await Promise.allSettled(places.map((place) => place.observe(now)));
  const seen = looks.flatMap((look) => (look.status === 'fulfilled' ? [look.value] : []));
  const failed = looks.find((look) => look.status === 'rejected');
  if (seen.length === 0 && failed !== undefined) throw failed.reason;
  return seen;
}

/** The command decides which runtime is in it. */
function imageKey({ artifact, command }: InstancePlan): string {
  return keyOf(path.basename(artifact), command[0] ?? '');
}

function keyOf(artifact: string, program: string): string {
  return `${artifact} ${program}`;
}

function runIdOf({ metadata: { annotations = {} } }: { metadata: { annotations?: Record<string, string> } }) {
  return annotations[RUN_ANNOTATION];
}

/** Whether one that is not over is there. */
function hasPod({ pods }: SeenObjects, fits: (metadata: LiveObject['metadata']) => boolean): boolean {
  return pods.some((pod) => !isOver(pod) && fits(pod.metadata as LiveObject['metadata']));
}

function podsFor(place: PlaceInCluster, { service, instance }: LogQuery) {
  if (instance === undefined) return place.pods(service);
  const pod = place.podOf(instance);
  return pod === null ? [] : [pod];
}

function jobRef(namespace: string, name: string) {
  return { apiVersion: 'batch/v1', kind: 'Job', namespace, name };
}

function componentOf({ metadata: { labels = {} } }: LiveObject): string | undefined {
  return labels['app.kubernetes.io/component'];
}

/** Of a program or a database of the system, whoever made its pod. */
function isOwn(labels: Record<string, string>): boolean {
  return labels['app.kubernetes.io/managed-by'] === 'escale' || labels['cnpg.io/cluster'] !== undefined;
}

/** A claim has the labels by which its StatefulSet finds its pods; the operator of databases has its own. */
function isClaimOf(labels: Record<string, string>, instance: string): boolean {
  return labels['app.kubernetes.io/instance'] === instance || labels['cnpg.io/cluster'] !== undefined;
}

function isOver({ status }: { status?: { phase?: string } }): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

/** Who may not even look whether it is there may still have rights in it. */
function ifForbidden(error: unknown): LiveObject | null {
  if (error instanceof EscaleError && error.code === 'cluster-forbidden') return {} as LiveObject;
  if (isRefusal(error, 404)) return null;
  throw error;
}

function lacks(what: string): EscaleError {
  return new EscaleError('cluster-lacks', `${what}; use what the cluster has for that`);
}
