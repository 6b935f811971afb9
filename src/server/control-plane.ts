import type { Clock, Engine, EngineEvent } from '../core/contracts/index.ts';
import { EscaleError } from '../core/errors/index.ts';
import { makePlan, type Plan, type Resolution } from '../core/plan/index.ts';
import type { Release } from '../core/release/index.ts';
import type { ArtifactDraft, ArtifactStore } from '../delivery/index.ts';
import { ByPlace } from './by-place.ts';
import { type Candidate, type DeploySource, makeCandidate } from './candidate.ts';
import { type Artifacts, desiredAtRest } from './desired.ts';
import { resolveRelease } from './resolve.ts';
import { type RolloutProgress, RolloutRunner } from './rollout-runner.ts';
import { refuseClaimedHosts } from './routes-claimed.ts';
import type { Deployment, Rollout, Store, WantedService } from './store.ts';

export interface ControlPlaneParts {
  store: Store;
  engine: Engine;
  artifacts: ArtifactStore;
  staticServer: string;
  clock: Clock;
  /** Every event, the engine's and its own, once it is stored. */
  onEvent: (event: EngineEvent) => void;
}

export interface Place {
  system: string;
  environment: string;
}

/** What a plan is made of, and what it would do. */
export interface PlannedChange {
  place: Place;
  release: number;
  fromRelease: number | null;
  plan: Plan;
  candidate: Candidate | null;
}

export type Progress =
  | RolloutProgress
  | { type: 'note'; message: string }
  | { type: 'plan'; operations: Plan['operations'] };

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
  private readonly places = new ByPlace();
  private readonly runners = new Map<string, RolloutRunner>();
  /** Counts what is asked for, so that a deploy asked for before a `down` does not start anything after it. */
  private asked = 0;
  private readonly takenDown = new Map<string, number>();

  constructor(parts: ControlPlaneParts) {
    this.parts = parts;
  }

  /** Finishes what a crash left half done, and says again what should run. */
  resume(): void {
    const { store } = this.parts;
    const running = store.runningRollouts();
    for (const rollout of running) void this.places.run(rollout, () => this.carryOut(rollout, () => {}));
    for (const deployment of store.deployments()) {
      const busy = running.some(
        (r) => r.system === deployment.system && r.environment === deployment.environment,
      );
      if (deployment.up && !busy)
        void this.places.run(deployment, () => this.assert(deployment)).catch(() => {});
    }
  }

  private async assert(deployment: Deployment): Promise<void> {
    if (deployment.release === null) return;
    const { wanted, release } = deployment;
    const resolve = (number: number) => this.resolution(deployment, number);
    await this.parts.engine.apply(
      desiredAtRest({
        place: placeOf(deployment),
        wanted,
        release,
        resolve,
        artifacts: this.artifactPlaces(),
      }),
    );
  }

  // ---- deploy

  /** What `deploy` would do now. */
  async plan(source: DeploySource): Promise<PlannedChange> {
    const candidate = await makeCandidate(source, this.parts.artifacts);
    return this.planCandidate(candidate);
  }

  async deploy(source: DeploySource, tell: (progress: Progress) => void): Promise<ChangeResult> {
    this.asked += 1;
    const { asked } = this;
    const candidate = await makeCandidate(source, this.parts.artifacts);
    const place = { system: candidate.system, environment: source.environment };
    this.cancelFailing(place);
    return this.places.run(place, () => this.deployNow(candidate, { asked, tell }), waitingNote(place, tell));
  }

  private async deployNow(
    candidate: Candidate,
    { asked, tell }: { asked: number; tell: (progress: Progress) => void },
  ): Promise<ChangeResult> {
    const planned = this.planCandidate(candidate);
    tell({ type: 'plan', operations: planned.plan.operations });
    if (planned.plan.operations.length === 0) return this.unchanged(planned);
    await this.prepareArtifacts(planned, tell);
    if ((this.takenDown.get(keyOf(planned.place)) ?? 0) > asked)
      throw new EscaleError('system-down', `${candidate.system} was taken down meanwhile`);
    return this.begin(planned, 'deploy', tell);
  }

  private planCandidate(candidate: Candidate): PlannedChange {
    const { store } = this.parts;
    const place = { system: candidate.system, environment: candidate.environment };
    const deployment = store.deployment(place.system, place.environment);
    const known = candidate.knownAs(store.releases(place.system));
    const release = known ?? store.nextReleaseNumber(place.system);
    const after = { release, system: candidate.resolved, artifacts: candidate.content.artifacts };
    refuseClaimedHosts(place, candidate.resolved.routes, this.otherRoutes(place));
    const before = this.currentResolution(deployment);
    const plan = makePlan({
      ...{ before, after, running: runningOf(deployment), recorded: known !== null, restart: [] },
      scaled: scaledFor(deployment, this.lastResolution(deployment), after),
      missingArtifacts: candidate.drafts
        .map(({ digest }) => digest)
        .filter((digest) => !this.parts.artifacts.has(digest)),
    });
    return { place, release, fromRelease: before?.release ?? null, plan, candidate };
  }

  /** The operations before the rollout proper: nothing that runs is touched by them. */
  private async prepareArtifacts(
    { plan, candidate }: PlannedChange,
    tell: (p: Progress) => void,
  ): Promise<void> {
    for (const [index, operation] of plan.operations.entries()) {
      if (operation.kind !== 'prepare') continue;
      const began = this.now();
      tell({ type: 'begin', index, operation });
      await this.prepareOne(candidate!.drafts.find(({ digest }) => digest === operation.artifact)!);
      tell({ type: 'done', index, operation, ms: this.now() - began });
    }
  }

  private async prepareOne(draft: ArtifactDraft): Promise<void> {
    await this.parts.artifacts.prepare(draft);
  }

  /** Writes release and rollout down in one transaction, then carries the rollout out. */
  private begin(
    planned: PlannedChange,
    kind: Rollout['kind'],
    tell: (p: Progress) => void,
  ): Promise<ChangeResult> {
    const { store } = this.parts;
    const added = !(store.deployment(planned.place.system, planned.place.environment)?.up ?? false);
    const rollout = store.transaction(() => this.record(planned, kind));
    const release = planned.plan.operations.findIndex((operation) => operation.kind === 'release');
    if (release >= 0)
      tell({ type: 'done', index: release, operation: planned.plan.operations[release]!, ms: 0 });
    this.say(rollout, 'rollout-started', `${kind} to release ${rollout.toRelease}`);
    return this.carryOut(rollout, tell).then((ended) => ({
      place: planned.place,
      release: planned.release,
      rollout: ended,
      added,
      returned: false,
    }));
  }

  private record(planned: PlannedChange, kind: Rollout['kind']): Rollout {
    const { store } = this.parts;
    const { place, plan, candidate, release, fromRelease } = planned;
    const before = store.deployment(place.system, place.environment);
    if (plan.operations.some((operation) => operation.kind === 'release'))
      store.addRelease(place.system, release, candidate!.content, this.now());
    const former = before?.up ? before.wanted : {};
    const id = store.nextRolloutId();
    store.saveDeployment({
      ...place,
      folder: candidate?.folder ?? before!.folder,
      release: before?.release ?? null,
      wanted: former,
      scaled: before?.scaled ?? {},
      up: true,
    });
    const done = plan.operations.filter(({ kind: k }) => k === 'prepare' || k === 'release').length;
    const target = targetOf(plan, former, id);
    const change = { changes: plan.changes, former, target };
    const { operations } = plan;
    return store.addRollout(
      {
        ...place,
        kind,
        fromRelease,
        toRelease: release,
        operations,
        done,
        state: 'running',
        reason: '',
        startedAt: this.now(),
        change,
      },
      id,
    );
  }

  private async carryOut(rollout: Rollout, tell: (progress: Progress) => void): Promise<Rollout> {
    const { store, engine } = this.parts;
    const key = keyOf(rollout);
    const resolve = (place: Place) => (number: number) => this.resolution(place, number);
    const parts = { store, engine, artifacts: this.artifactPlaces(), resolve, now: () => this.now() };
    const runner = new RolloutRunner(parts, rollout, tell);
    this.runners.set(key, runner);
    try {
      const ended = await runner.run();
      this.say(ended, `rollout-${ended.state}`, verdictText(ended));
      return ended;
    } finally {
      this.runners.delete(key);
    }
  }

  // ---- other changes

  /** To a named release, or to the one before the one that runs. */
  async rollback(place: Place, to: number | null, tell: (p: Progress) => void): Promise<ChangeResult> {
    if (this.runners.has(keyOf(place)) && to === null) return this.cancelRunning(place, tell);
    this.runners.get(keyOf(place))?.cancel('a rollback was asked for');
    return this.places.run(place, () => this.rollbackNow(place, to, tell));
  }

  private async rollbackNow(
    place: Place,
    to: number | null,
    tell: (p: Progress) => void,
  ): Promise<ChangeResult> {
    const deployment = this.mustBeUp(place);
    const release = to ?? this.releaseBefore(deployment);
    return this.changeTo(deployment, release, { kind: 'rollback', restart: [], tell });
  }

  /** A rollback while a rollout is going on: the former set is still there, so that is what to return to. */
  private async cancelRunning(place: Place, tell: (p: Progress) => void): Promise<ChangeResult> {
    this.runners.get(keyOf(place))!.cancel('a rollback was asked for');
    tell({ type: 'note', message: 'a rollout is under way: returning to what ran before it' });
    return this.places.run(place, async () => {
      const [rollout] = this.parts.store.rollouts(place.system, place.environment, 1);
      if (rollout!.state === 'promoted') return this.rollbackNow(place, null, tell);
      return { place, release: rollout!.fromRelease ?? 0, rollout: rollout!, added: false, returned: true };
    });
  }

  restart(place: Place, services: string[], tell: (p: Progress) => void): Promise<ChangeResult> {
    return this.places.run(
      place,
      async () => {
        const deployment = this.mustBeUp(place);
        const names = Object.keys(this.resolution(place, deployment.release!).system.services);
        for (const service of services) mustKnow(service, names);
        const restart = services.length > 0 ? services : names;
        return this.changeTo(deployment, deployment.release!, { kind: 'restart', restart, tell });
      },
      waitingNote(place, tell),
    );
  }

  scale(place: Place, numbers: Record<string, number>, tell: (p: Progress) => void): Promise<ChangeResult> {
    return this.places.run(
      place,
      async () => {
        const deployment = this.mustBeUp(place);
        this.checkNumbers(deployment, numbers);
        const scaled = { ...deployment.scaled, ...numbers };
        const before = deployment.scaled;
        this.parts.store.saveDeployment({ ...deployment, scaled });
        const result = await this.changeTo({ ...deployment, scaled }, deployment.release!, {
          kind: 'scale',
          restart: [],
          tell,
        });
        if (result.rollout !== null && result.rollout.state !== 'promoted') this.saveScaled(place, before);
        return result;
      },
      waitingNote(place, tell),
    );
  }

  private saveScaled(place: Place, scaled: Record<string, number>): void {
    const deployment = this.parts.store.deployment(place.system, place.environment)!;
    this.parts.store.saveDeployment({ ...deployment, scaled });
  }

  private checkNumbers(deployment: Deployment, numbers: Record<string, number>): void {
    const { services } = this.resolution(deployment, deployment.release!).system;
    for (const [name, count] of Object.entries(numbers)) {
      mustKnow(name, Object.keys(services));
      if (!Number.isInteger(count) || count < 0 || count > MOST_REPLICAS)
        throw new EscaleError(
          'scale-number',
          `${name}: expected a number from 0 to ${MOST_REPLICAS}, got ${count}`,
        );
      if (services[name]!.volume && count > 1)
        throw new EscaleError('scale-volume', `${name} keeps a volume, so it has one instance at most`);
    }
  }

  private changeTo(
    deployment: Deployment,
    release: number,
    how: { kind: Rollout['kind']; restart: string[]; tell: (p: Progress) => void },
  ): Promise<ChangeResult> {
    const place = placeOf(deployment);
    const after = this.resolution(place, release);
    const before = this.currentResolution(deployment);
    refuseClaimedHosts(place, after.system.routes, this.otherRoutes(place));
    const missing = Object.values(after.artifacts).filter((digest) => !this.parts.artifacts.has(digest));
    if (missing.length > 0) throw artifactsGone(place, release);
    const { scaled } = deployment;
    const plan = makePlan({
      before,
      after,
      running: runningOf(deployment),
      scaled,
      recorded: true,
      missingArtifacts: [],
      restart: how.restart,
    });
    const planned = { place, release, fromRelease: before?.release ?? null, plan, candidate: null };
    how.tell({ type: 'plan', operations: plan.operations });
    if (plan.operations.length === 0) return Promise.resolve(this.unchanged(planned));
    return this.begin(planned, how.kind, how.tell);
  }

  /** Stops everything of it, drained; what it is and what it keeps stays. */
  async down(place: Place): Promise<void> {
    this.runners.get(keyOf(place))?.cancel('it was taken down');
    this.asked += 1;
    this.takenDown.set(keyOf(place), this.asked);
    await this.places.run(place, async () => {
      const deployment = this.mustExist(place);
      this.parts.store.saveDeployment({ ...deployment, up: false });
      await this.parts.engine.remove(place.system, place.environment);
      if (deployment.up)
        this.say({ ...place, toRelease: deployment.release ?? 0 }, 'system-down', 'taken down');
    });
  }

  // ---- looking things up

  isBusy(place: Place): boolean {
    return this.runners.has(keyOf(place));
  }

  mustExist(place: Place): Deployment {
    const deployment = this.parts.store.deployment(place.system, place.environment);
    if (deployment !== null) return deployment;
    const known = this.parts.store.deployments().map((d) => d.system);
    throw new EscaleError(
      'system-unknown',
      `no system "${place.system}" was delivered to ${place.environment}`,
      {
        next:
          known.length > 0
            ? `Known here: ${[...new Set(known)].join(', ')}.`
            : 'Deliver one: `escale up` in its folder.',
      },
    );
  }

  private mustBeUp(place: Place): Deployment {
    const deployment = this.mustExist(place);
    if (deployment.up && deployment.release !== null) return deployment;
    throw new EscaleError('system-down', `${place.system} is not up in ${place.environment}`, {
      next: 'Start it: `escale up`.',
    });
  }

  resolution(place: Place, number: number): Resolution {
    const release = this.parts.store.release(place.system, number);
    if (release === null) throw releaseUnknown(place, number, this.parts.store.releases(place.system));
    return resolveRelease(release, place.environment);
  }

  private currentResolution(deployment: Deployment | null): Resolution | null {
    return deployment?.up ? this.lastResolution(deployment) : null;
  }

  private lastResolution(deployment: Deployment | null): Resolution | null {
    return deployment?.release == null ? null : this.resolution(deployment, deployment.release);
  }

  private releaseBefore({ system, environment, release }: Deployment): number {
    const promoted = this.parts.store
      .rollouts(system, environment, 1000)
      .filter((rollout) => rollout.state === 'promoted' && rollout.toRelease < release!)
      .map((rollout) => rollout.toRelease);
    if (promoted.length > 0) return Math.max(...promoted);
    throw new EscaleError(
      'nothing-before',
      `${system} has no release before ${release} in ${environment} to return to`,
    );
  }

  private otherRoutes(place: Place) {
    return this.parts.store
      .deployments()
      .filter((other) => other.up && other.release !== null && keyOf(other) !== keyOf(place))
      .flatMap((other) =>
        this.resolution(other, other.release!).system.routes.map((route) => ({
          ...route,
          owner: placeOf(other),
        })),
      );
  }

  private artifactPlaces(): Artifacts {
    return {
      folderOf: (digest) => this.parts.artifacts.folderOf(digest),
      staticServer: this.parts.staticServer,
    };
  }

  /** A newer wish does not wait for an older one that is failing already. */
  private cancelFailing(place: Place): void {
    const runner = this.runners.get(keyOf(place));
    if (runner?.isFailing) runner.cancel('a newer deploy came');
  }

  private unchanged({ place, release }: PlannedChange): ChangeResult {
    return { place, release, rollout: null, added: false, returned: false };
  }

  private say(of: Place & { toRelease: number }, type: string, message: string): void {
    const { system, environment, toRelease: release } = of;
    this.parts.onEvent({
      at: this.now(),
      type,
      system,
      environment,
      service: '',
      instance: '',
      release,
      message,
    });
  }

  private now(): number {
    return this.parts.clock.now();
  }
}

const MOST_REPLICAS = 100;

function placeOf({ system, environment }: Place): Place {
  return { system, environment };
}

function keyOf({ system, environment }: Place): string {
  return `${environment}/${system}`;
}

function runningOf(deployment: Deployment | null): Record<string, { release: number; count: number }> {
  return deployment?.up ? deployment.wanted : {};
}

/** Numbers set by people outlive releases, until the file itself says another number. */
function scaledFor(
  deployment: Deployment | null,
  before: Resolution | null,
  after: Resolution,
): Record<string, number> {
  const same = ([name]: [string, number]) =>
    before?.system.services[name]?.replicas === after.system.services[name]?.replicas;
  return Object.fromEntries(Object.entries(deployment?.scaled ?? {}).filter(same));
}

/** What is wanted of each service once the plan is carried out. */
function targetOf(
  plan: Plan,
  former: Record<string, WantedService>,
  rollout: number,
): Record<string, WantedService> {
  const target = { ...former };
  for (const { service, to, keep } of plan.changes) {
    if (to === null) delete target[service];
    else if (keep) target[service] = { ...former[service]!, count: to.count };
    else target[service] = { release: to.release, rollout, count: to.count };
  }
  return target;
}

function mustKnow(service: string, names: string[]): void {
  if (names.includes(service)) return;
  throw new EscaleError('service-unknown', `there is no service "${service}"`, {
    next: `Its services are: ${names.join(', ')}.`,
  });
}

function waitingNote(place: Place, tell: (progress: Progress) => void): () => void {
  return () =>
    tell({ type: 'note', message: `waiting for the rollout of ${place.system} that is under way` });
}

function verdictText(rollout: Rollout): string {
  if (rollout.state === 'promoted') return `release ${rollout.toRelease} runs`;
  const back = rollout.fromRelease === null ? 'nothing runs' : `release ${rollout.fromRelease} runs on`;
  return `release ${rollout.toRelease} was not taken: ${rollout.reason}; ${back}`;
}

function releaseUnknown(place: Place, number: number, known: Release[]): EscaleError {
  return new EscaleError('release-unknown', `${place.system} has no release ${number}`, {
    next: `Kept are: ${known.map((release) => release.number).join(', ') || 'none'}.`,
  });
}

function artifactsGone(place: Place, release: number): EscaleError {
  return new EscaleError(
    'artifact-gone',
    `the artifacts of release ${release} of ${place.system} are gone from this host`,
  );
}
