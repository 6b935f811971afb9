import type { Clock, Engine, EngineEvent, ResourceKind } from '../core/contracts/index.ts';
import { EscaleError, isDiskFull } from '../core/errors/index.ts';
import type { KubernetesPart } from '../core/kubernetes/index.ts';
import type { Scaling } from '../core/manifest/index.ts';
import type { Plan } from '../core/plan/index.ts';
import type { ArtifactStore, Making, SecretFile } from '../delivery/index.ts';
import type { Vault } from '../secrets/index.ts';
import { ByPlace } from './by-place.ts';
import { type Candidate, type DeploySource, makeCandidate } from './candidate.ts';
import { Deployments } from './deployments.ts';
import type { Artifacts } from './desired.ts';
import { DriftWatch } from './drift-watch.ts';
import { EnvironmentStore } from './environments/environment-store.ts';
import { JobRuns } from './job-runs.ts';
import { Keeping } from './keeping.ts';
import { keyOf, type Place, placeOf } from './place.ts';
import {
  type ChangeWish,
  type PlannedChange,
  type PlanningParts,
  planCandidate,
  planChange,
} from './planning.ts';
import { Reconciler } from './reconciler.ts';
import { recordChange } from './recording.ts';
import { ReleaseRecords } from './release-records.ts';
import { ResourceAccess } from './resource-access.ts';
import { type ResourceHost, resourcesHere } from './resource-host.ts';
import { type RolloutProgress, RolloutRunner } from './rollout-runner.ts';
import { Scheduler } from './scheduler.ts';
import { Secrets, takenNotes } from './secrets.ts';
import type { Deployment, Rollout, Store, StoredRun } from './store/index.ts';
import { Upkeep } from './upkeep.ts';

export interface ControlPlaneParts {
  store: Store;
  engine: Engine;
  kinds: ResourceKind[];
  vault: Vault;
  /** File with the identity that secrets in git are encrypted for, absolute. */
  identityFile: string;
  /** Folder of all backups, absolute. */
  backups: string;
  /** Folders of what databases and volumes keep, by environment and system, absolute. */
  resourceFolder: string;
  volumeFolder: string;
  /** Hosts elsewhere; left out: there are none. */
  targets?: TargetPlaces;
  artifacts: ArtifactStore;
  staticServer: string;
  clock: Clock;
  /** Every event of its own; whoever gets it stores it. */
  onEvent: (event: EngineEvent) => void;
}

/** What is asked of hosts elsewhere. Each throws `target-unknown`. */
export interface TargetPlaces {
  mustKnow(target: string): unknown;
  /** False for hosts, and for those that nobody knows. */
  isCluster(target: string): boolean;
  /** What was applied at a place in a cluster; null: nothing is. Throws `cluster-lacks`, `cluster-away`. */
  deployed(target: string, place: Place): Promise<KubernetesPart[] | null>;
  /** Throws `target-away`. */
  mustAnswer(target: string): Promise<void>;
  /** Folder of an artifact there, absolute. */
  artifactThere(target: string, digest: string): string;
  resourcesOf(target: string): ResourceHost;
}

export type Progress =
  | RolloutProgress
  | { type: 'begun'; place: Place; release: number; rollout: number; added: boolean }
  | { type: 'plan'; operations: Plan['operations'] };

type Tell = (progress: Progress) => void;

export interface ChangeResult {
  place: Place;
  release: number;
  /** Null: everything was as it should be. */
  rollout: Rollout | null;
  /** It was not up before. */
  added: boolean;
  /** What was asked for was to end the rollout and return, which is what its state `cancelled` then says. */
  returned: boolean;
}

/** Decides what should run where: releases, rollouts, numbers. Engines do it. */
export class ControlPlane {
  readonly parts: ControlPlaneParts;
  readonly deployments: Deployments;
  readonly resources: ResourceAccess;
  readonly jobRuns: JobRuns;
  readonly secrets: Secrets;
  readonly environments: EnvironmentStore;
  /** Encrypted secrets in git, as the commit of a release has them. */
  secretFilesOf: (place: Place, release: number) => Promise<SecretFile[]> = async () => [];
  private readonly scheduler: Scheduler;
  private readonly planning: PlanningParts;
  private readonly upkeep: Upkeep;
  private readonly keeping: Keeping;
  readonly reconciler: Reconciler;
  readonly drift: DriftWatch;
  private readonly records: ReleaseRecords;
  private readonly places = new ByPlace();
  /** Of rollouts that go on, or whose end could not be stored yet. */
  private readonly runners = new Map<string, RolloutRunner>();
  /** Counts what is asked for, so that a deploy asked for before a `down` does not start anything after it. */
  private asked = 0;
  private readonly takenDown = new Map<string, number>();

  constructor(parts: ControlPlaneParts) {
    const { store, artifacts, engine, vault } = parts;
    const now = () => this.now();
    this.parts = parts;
    this.deployments = new Deployments(store);
    const { deployments } = this;
    this.secrets = new Secrets(vault, store, parts.identityFile);
    this.resources = new ResourceAccess({
      ...{ engine, deployments, now, secrets: vault, hostOf: (place) => this.resourceHost(place) },
      meta: { get: (name) => store.meta(name), set: (name, value) => store.setMeta(name, value) },
    });
    this.jobRuns = new JobRuns({
      ...{ store, engine, deployments, now, artifacts: this.artifactPlaces() },
      secrets: (place, names) => this.secrets.forRun(place, names),
      skipped: (run) => this.sayRun(run),
    });
    this.environments = new EnvironmentStore(store.sql);
    const { environments } = this;
    this.keeping = new Keeping({ store, deployments, artifacts, environments });
    this.scheduler = new Scheduler({
      ...{ store, deployments, jobRuns: this.jobRuns, now },
      problem: (error) => console.error(error instanceof Error ? error.message : error),
    });
    this.upkeep = new Upkeep({
      ...{ store, engine, deployments, artifacts: this.artifactPlaces() },
      carryOut: (rollout) => this.carryOut(rollout, () => {}),
      giveUp: (rollout, reason) => this.giveUp(rollout, reason),
    });
    this.reconciler = new Reconciler({
      places: this.places,
      look: () => this.upkeep.differing(),
      mend: (place) => this.upkeep.mend(place),
      tell: (place, { message }) => this.say({ ...place, toRelease: 0 }, 'reconcile-failed', message),
      now: () => this.now(),
    });
    this.drift = new DriftWatch({
      ...{ store, deployments, artifacts, secrets: this.secrets },
      strayed: async (place) => (await engine.strayed?.(place)) ?? [],
      isBusy: (place) => this.places.isBusy(place),
      repair: (place) => this.repair(place),
      tell: (of, { message }) => this.say(of, 'drift', message),
    });
    this.records = new ReleaseRecords({
      ...{ store, deployments, engine },
      isBusy: (place) => this.places.isBusy(place),
    });
    const hasArtifact = (digest: string) => artifacts.has(digest);
    const mustKnow = (target: string) => this.targets().mustKnow(target);
    const isCluster = (target: string | null) => target !== null && this.targets().isCluster(target);
    this.planning = { store, deployments, hasArtifact, mustKnow, isCluster, secrets: this.secrets };
  }

  /** Finishes what was left half done and keeps the engine at what should run, from now on. */
  resume(): void {
    this.reconciler.wake();
    this.scheduler.look();
    this.drift.resume();
    this.records.resume();
  }

  close(): void {
    this.reconciler.stop();
    this.drift.stop();
    this.records.stop();
    this.scheduler.stop();
  }

  /** After what is going on at this place, and with nothing left half done there. */
  private inTurn<T>(place: Place, work: () => Promise<T> | T, waiting?: () => void): Promise<T> {
    return this.places.run(place, () => this.upkeep.clear(place).then(work), waiting);
  }

  /** What bringing a kept release here would do now. Throws what that would throw before it begins. */
  async planOf(
    place: Place,
    release: number,
    kind: 'deploy' | 'promote' | 'rollback',
  ): Promise<PlannedChange> {
    const isBack = kind === 'rollback';
    const deployment = isBack
      ? this.deployments.mustBeUp(place)
      : (this.deployments.find(place) ?? nothingAt(place));
    const files = isBack ? [] : await this.secretFilesOf(place, release);
    const secrets = await this.secrets.ifTaken(place, files);
    const scaled = isBack ? deployment.scaled : null;
    return planChange(deployment, { kind, release, restart: [], scaled }, { ...this.planning, secrets });
  }

  // ---- deploy

  /** What `deploy` would do now. */
  async plan(source: DeploySource): Promise<PlannedChange> {
    const candidate = await makeCandidate(source, this.parts.artifacts);
    const secrets = await this.secrets.ifTaken(placeOf(candidate), candidate.secretFiles);
    return planCandidate(candidate, { ...this.planning, secrets });
  }

  async deploy(source: DeploySource, tell: Tell): Promise<ChangeResult> {
    this.asked += 1;
    const { asked } = this;
    const candidate = await makeCandidate(source, this.parts.artifacts);
    const place = placeOf(candidate);
    this.cancelFailing(place);
    return this.inTurn(place, () => this.deployNow(candidate, { asked, tell }), waitingNote(place, tell));
  }

  private async deployNow(
    candidate: Candidate,
    { asked, tell }: { asked: number; tell: Tell },
  ): Promise<ChangeResult> {
    await this.takeSecrets(candidate, tell);
    const planned = planCandidate(candidate, this.planning);
    for (const message of planned.notes) tell({ type: 'note', message });
    tell({ type: 'plan', operations: planned.plan.operations });
    if (planned.plan.operations.length === 0) return unchanged(planned);
    await this.mustAnswer(planned);
    await this.prepareArtifacts(planned, tell);
    if ((this.takenDown.get(keyOf(planned.place)) ?? 0) > asked)
      throw new EscaleError('system-down', `${candidate.system} was taken down meanwhile`);
    return this.begin(planned, tell);
  }

  /** Those of its files in git are the newest ones from here on: what is deployed is what is committed. */
  private async takeSecrets(candidate: Candidate, tell: Tell): Promise<void> {
    const { secretFiles, content } = candidate;
    const place = placeOf(candidate);
    const commit = content.dev ? null : content.commit;
    const taken = await this.secrets.takeFromGit(place, secretFiles, commit);
    for (const message of takenNotes(taken)) tell({ type: 'note', message });
  }

  /** The operations before the rollout proper: nothing that runs is touched by them. */
  private async prepareArtifacts({ plan, candidate }: PlannedChange, tell: Tell): Promise<void> {
    for (const [index, operation] of plan.operations.entries()) {
      if (operation.kind !== 'prepare') continue;
      const began = this.now();
      tell({ type: 'begin', index, operation });
      await this.parts.artifacts.prepare(
        candidate!.drafts.find(({ digest }) => digest === operation.artifact)!,
        { say: (message) => tell({ type: 'note', message }) },
      );
      tell({ type: 'done', index, operation, ms: this.now() - began });
    }
  }

  private async begin(planned: PlannedChange, tell: Tell): Promise<ChangeResult> {
    const { place, plan, kind, release } = planned;
    const added = !(this.deployments.find(place)?.up ?? false);
    const rollout = recordChange(planned, this.parts.store, this.now());
    tell({ type: 'begun', place, release, rollout: rollout.id, added });
    for (const [index, operation] of plan.operations.entries())
      if (operation.kind === 'release') tell({ type: 'done', index, operation, ms: 0 });
    this.say(rollout, 'rollout-started', `${kind} to release ${rollout.toRelease}`);
    const ended = await this.carryOut(rollout, tell).catch(sayItGoesOn);
    return { place, release, rollout: ended, added, returned: false };
  }

  private async carryOut(rollout: Rollout, tell: Tell): Promise<Rollout> {
    const { store, engine } = this.parts;
    const resolve = (place: Place) => (number: number) => this.deployments.resolution(place, number);
    const backUp = (place: Place, resource: string) => this.resources.backUpBefore(place, resource);
    const parts = { store, engine, artifacts: this.artifactPlaces(), resolve, backUp, now: () => this.now() };
    const runner = this.runners.get(keyOf(rollout)) ?? new RolloutRunner(parts, rollout, tell);
    this.runners.set(keyOf(rollout), runner);
    runner.tell = tell;
    const ended = await runner.run();
    this.runners.delete(keyOf(rollout));
    this.scheduler.look();
    if (ended.state === 'promoted') await this.tidy(ended.system);
    if (ended.state !== 'cancelled') await this.records.tell(ended);
    this.say(ended, `rollout-${ended.state}`, verdictText(ended));
    return ended;
  }

  /** A kept release comes to an environment: from a pipeline, or from another environment. */
  take(place: Place, release: number, kind: 'deploy' | 'promote', tell: Tell): Promise<ChangeResult> {
    this.cancelFailing(place);
    return this.ordered(place, tell, async () => {
      await this.takeSecretsOf(place, release, tell);
      const deployment = this.deployments.find(place) ?? nothingAt(place);
      return this.changeTo(deployment, { kind, release, restart: [], scaled: null }, tell);
    });
  }

  private async takeSecretsOf(place: Place, release: number, tell: Tell): Promise<void> {
    const files = await this.secretFilesOf(place, release);
    const commit = this.parts.store.release(place.system, release)?.commit ?? null;
    const taken = await this.secrets.takeFromGit(place, files, commit);
    for (const message of takenNotes(taken)) tell({ type: 'note', message });
  }

  /** What can't be tidied now is tidied after the next release. */
  private async tidy(system: string): Promise<void> {
    await this.keeping.tidy(system).catch((error: unknown) => console.error(error));
    const { engine, store } = this.parts;
    await engine.tidy(store.artifactsInUse()).catch((error: unknown) => console.error(error));
  }

  /**
   * Records what a candidate is as a release, its artifacts made; the same one twice has one number. No environment is
   * touched.
   */
  async makeRelease(candidate: Candidate, making: Making = {}): Promise<number> {
    const { store, artifacts } = this.parts;
    for (const draft of candidate.drafts) await artifacts.prepare(draft, making);
    return store.transaction(() => {
      const known = candidate.knownAs(store.releases(candidate.system));
      if (known !== null) return known;
      const number = store.nextReleaseNumber(candidate.system);
      store.addRelease(candidate.system, number, candidate.content, this.now());
      return number;
    });
  }

  // ---- other changes

  /** To a named release, or to the one before the one that runs. */
  async rollback(place: Place, to: number | null, tell: Tell): Promise<ChangeResult> {
    if (this.runners.has(keyOf(place)) && to === null) return this.cancelRunning(place, tell);
    this.runners.get(keyOf(place))?.cancel('a rollback was asked for');
    return this.inTurn(place, () => this.rollbackNow(place, to, tell));
  }

  private async rollbackNow(place: Place, to: number | null, tell: Tell): Promise<ChangeResult> {
    const deployment = this.deployments.mustBeUp(place);
    const release = to ?? this.deployments.releaseBefore(deployment);
    return this.changeTo(
      deployment,
      { kind: 'rollback', release, restart: [], scaled: deployment.scaled },
      tell,
    );
  }

  /** A rollback while a rollout is going on: the former set is still there, so that is what to return to. */
  private async cancelRunning(place: Place, tell: Tell): Promise<ChangeResult> {
    this.runners.get(keyOf(place))!.cancel('a rollback was asked for');
    tell({ type: 'note', message: 'a rollout is under way: returning to what ran before it' });
    return this.inTurn(place, () => {
      const rollout = this.parts.store.rollouts(place.system, place.environment, 1)[0]!;
      if (rollout.state === 'promoted') return this.rollbackNow(place, null, tell);
      return { place, release: rollout.fromRelease ?? 0, rollout, added: false, returned: true };
    });
  }

  /** Replaces the instances of these services, or of all. */
  restart(place: Place, services: string[], tell: Tell): Promise<ChangeResult> {
    return this.ordered(place, tell, () => {
      const deployment = this.deployments.mustBeUp(place);
      const { release, scaled } = deployment;
      const names = Object.keys(this.deployments.resolution(place, release).system.services);
      for (const service of services) mustKnow(service, names);
      const restart = services.length > 0 ? services : names;
      return this.changeTo(deployment, { kind: 'restart', release, restart, scaled }, tell);
    });
  }

  /** Back to what the release says: its numbers of instances, the newest secrets. */
  private repair(place: Place): Promise<ChangeResult> {
    return this.inTurn(place, () => {
      const deployment = this.deployments.mustBeUp(place);
      const { release } = deployment;
      return this.changeTo(deployment, { kind: 'repair', release, restart: [], scaled: {} }, () => {});
    });
  }

  scale(place: Place, numbers: Record<string, number>, tell: Tell): Promise<ChangeResult> {
    return this.ordered(place, tell, () => {
      const deployment = this.deployments.mustBeUp(place);
      const { release } = deployment;
      this.checkNumbers(deployment, numbers);
      const scaled = { ...deployment.scaled, ...numbers };
      return this.changeTo(deployment, { kind: 'scale', release, restart: [], scaled }, tell);
    });
  }

  private checkNumbers(deployment: Deployment & { release: number }, numbers: Record<string, number>): void {
    const { services } = this.deployments.resolution(deployment, deployment.release).system;
    for (const [name, count] of Object.entries(numbers)) {
      mustKnow(name, Object.keys(services));
      if (!Number.isInteger(count) || count < 0 || count > MOST_REPLICAS)
        throw new EscaleError(
          'scale-number',
          `${name}: expected a number from 0 to ${MOST_REPLICAS}, got ${count}`,
        );
      if (services[name]!.volume && count > 1)
        throw new EscaleError('scale-volume', `${name} keeps a volume, so it has one instance at most`);
      if (services[name]!.spread === 'every-node')
        throw new EscaleError('scale-every-node', `${name} has one instance on each machine`);
      if (services[name]!.scaling !== null) throw isAutomatic(name, services[name]!.scaling);
    }
  }

  private async changeTo(deployment: Deployment, wish: ChangeWish, tell: Tell): Promise<ChangeResult> {
    const planned = planChange(deployment, wish, this.planning);
    for (const message of planned.notes) tell({ type: 'note', message });
    tell({ type: 'plan', operations: planned.plan.operations });
    if (planned.plan.operations.length === 0) return unchanged(planned);
    await this.mustAnswer(planned);
    return this.begin(planned, tell);
  }

  /** Nothing is begun on a host that is away. Throws `target-away`. */
  private async mustAnswer({ target }: PlannedChange): Promise<void> {
    if (target !== null) await this.targets().mustAnswer(target);
  }

  /** The objects of a system in a cluster, as they were applied. Throws `system-down`, `cluster-lacks`, `cluster-away`. */
  async deployedObjects(place: Place): Promise<{ release: number; parts: KubernetesPart[] }> {
    const { release } = this.deployments.mustBeUp(place);
    const target = this.deployments.targetOf(place);
    const parts = target === null ? null : await this.targets().deployed(target, place);
    if (parts !== null) return { release, parts };
    throw new EscaleError(
      'cluster-lacks',
      `${place.system} in ${place.environment} has no objects in a cluster`,
    );
  }

  /** Stops everything of it, drained; what it is and what it keeps stays. */
  async down(place: Place): Promise<void> {
    this.runners.get(keyOf(place))?.cancel('it was taken down', 'stop here');
    this.asked += 1;
    this.takenDown.set(keyOf(place), this.asked);
    await this.places.run(place, async () => {
      const deployment = this.deployments.mustExist(place);
      const left = this.upkeep.leftAt(place);
      this.parts.store.transaction(() => {
        this.parts.store.saveDeployment({ ...deployment, up: false });
        if (left !== null) this.giveUp(left, 'it was taken down');
      });
      await this.parts.engine.remove(place.system, place.environment);
      this.jobRuns.endAllOf(place);
      if (deployment.up)
        this.say({ ...place, toRelease: deployment.release ?? 0 }, 'system-down', 'taken down');
    });
  }

  /** Ends a rollout where it stands. */
  private giveUp(rollout: Rollout, reason: string): void {
    const end = { state: 'cancelled', reason, endedAt: this.now() } as const;
    this.parts.store.saveProgress({ ...rollout, ...end });
    this.runners.delete(keyOf(rollout));
  }

  /** A run of a job now. Throws `job-unknown`, `system-down`. */
  async runJob(place: Place, job: string): Promise<StoredRun> {
    const run = await this.jobRuns.start(place, job);
    this.scheduler.look();
    return run;
  }

  /** Brings a backup's data back; ordered with deploys of the place. */
  restore(place: Place, wish: { resource: string | null; backup: string }) {
    return this.places.run(place, () => this.resources.restore(place, wish.resource, wish.backup));
  }

  /** Removes what its databases and volumes keep; backups stay. It must be down. */
  deleteData(place: Place): Promise<void> {
    return this.places.run(place, async () => {
      if (this.deployments.mustExist(place).up)
        throw new EscaleError('data-in-use', `${place.system} is up in ${place.environment}`);
      const { engine } = this.parts;
      // A crash may have come between what was written down and what was done.
      await engine.remove(place.system, place.environment);
      await engine.forgetVolumes(place.system, place.environment);
      await this.resourceHost(place).forget(place);
      this.say({ ...place, toRelease: 0 }, 'data-deleted', 'what its databases and volumes kept was removed');
    });
  }

  /** After what is going on at this place, which is said when there is something. */
  private ordered<T>(place: Place, tell: Tell, work: () => Promise<T>): Promise<T> {
    return this.inTurn(place, work, waitingNote(place, tell));
  }

  /** A newer wish does not wait for an older one that is failing already. */
  private cancelFailing(place: Place): void {
    const runner = this.runners.get(keyOf(place));
    if (runner?.isFailing) runner.cancel('a newer deploy came');
  }

  private artifactPlaces(): Artifacts {
    const { artifacts, staticServer } = this.parts;
    const folderOf = (digest: string, target: string | null) =>
      target === null ? artifacts.folderOf(digest) : this.targets().artifactThere(target, digest);
    return { folderOf, staticServer };
  }

  /** Where what a place keeps is. */
  private resourceHost(place: Place): ResourceHost {
    const target = this.deployments.targetOf(place);
    if (target !== null) return this.targets().resourcesOf(target);
    const { kinds, resourceFolder: folder, backups, volumeFolder: volumes } = this.parts;
    return resourcesHere({ kinds, folder, backups, volumes });
  }

  private targets(): TargetPlaces {
    return this.parts.targets ?? NO_TARGETS;
  }

  /** Tells whoever watches of something that concerns no service of its own. */
  say(of: Place & { toRelease: number }, type: string, message: string): void {
    const { system, environment, toRelease: release } = of;
    const at = this.now();
    this.parts.onEvent({ at, type, system, environment, service: '', instance: '', release, message });
  }

  private sayRun({ system, environment, job, release, state, reason }: StoredRun): void {
    const at = this.now();
    const of = { system, environment, service: job, instance: '', release };
    this.parts.onEvent({ at, type: `job-${state}`, ...of, message: reason });
  }

  private now(): number {
    return this.parts.clock.now();
  }
}

const MOST_REPLICAS = 100;

function isAutomatic(name: string, { min, max }: Scaling): EscaleError {
  return new EscaleError('scale-automatic', `the file gives ${name} a range, from ${min} to ${max}`);
}

const notThere = (target: string): never => {
  throw new EscaleError('target-unknown', `there is no target "${target}"`);
};
const NO_TARGETS: TargetPlaces = {
  isCluster: () => false,
  ...{ mustKnow: notThere, deployed: notThere, mustAnswer: notThere },
  ...{ artifactThere: notThere, resourcesOf: notThere },
};

/** Of a place that nothing ever came to. */
function nothingAt(place: Place): Deployment {
  return { ...placeOf(place), folder: '', release: null, wanted: {}, scaled: {}, up: false };
}

/** A disk that became full in the middle: unlike before the start, nothing has to be done again. */
function sayItGoesOn(error: unknown): never {
  if (!isDiskFull(error)) throw error;
  const next = 'Free some space: the rollout then goes on by itself, and `escale status` shows it.';
  throw new EscaleError('disk-full', error.message, { ...(error.place ? { place: error.place } : {}), next });
}

function unchanged({ place, release }: PlannedChange): ChangeResult {
  return { place, release, rollout: null, added: false, returned: false };
}

function mustKnow(service: string, names: string[]): void {
  if (names.includes(service)) return;
  const next = `Its services are: ${names.join(', ')}.`;
  throw new EscaleError('service-unknown', `there is no service "${service}"`, { next });
}

function waitingNote(place: Place, tell: Tell): () => void {
  return () =>
    tell({ type: 'note', message: `waiting for the rollout of ${place.system} that is under way` });
}

function verdictText(rollout: Rollout): string {
  if (rollout.state === 'promoted') return `release ${rollout.toRelease} runs`;
  const back = rollout.fromRelease === null ? 'nothing runs' : `release ${rollout.fromRelease} runs on`;
  return `release ${rollout.toRelease} was not taken: ${rollout.reason}; ${back}`;
}
