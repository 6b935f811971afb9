import { may, type Principal, type Role } from '../../core/access/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { resolveDelivery, type SystemFile } from '../../core/manifest/index.ts';
import { type Gate, gateFor, promotionProblem } from '../../core/promotion/index.ts';
import type { Release } from '../../core/release/index.ts';
import type { ChangeResult, Progress } from '../control-plane.ts';
import type { Deployments } from '../deployments.ts';
import { type Place, placeOf } from '../place.ts';
import type { Rollout, Store } from '../store/index.ts';
import type { Approval, EnvironmentStore } from './environment-store.ts';

type Tell = (progress: Progress) => void;

/** How a release fared on its way to an environment. */
export interface Delivery {
  environment: string;
  verdict: 'promoted' | 'refused' | 'waiting-for-approval' | 'failed';
  /** For people. */
  message: string;
  /** Null where nothing was begun. */
  change: ChangeResult | null;
  approval: Approval | null;
}

/** What stands between a release and an environment. */
export interface Target {
  environment: string;
  /** Where it would be promoted from; null: it is nowhere yet. */
  from: string | null;
  /** Whose word it needs; null: nobody's. */
  approve: Role | null;
  /** Why it can't be promoted there now, for people; null: it can. */
  problem: string | null;
}

/** A release that a pipeline made. */
export interface Delivered {
  system: string;
  release: number;
  /** Who brought the commit. */
  by: string;
  /** A person asked for it again: a failure before does not hold it up. */
  again: boolean;
  environments: string[];
}

export interface PromotionWish {
  system: string;
  from: string;
  to: string;
  /** Null: the one of `commit`, else the one that runs in `from`. */
  release: number | null;
  /** Where a CI system asks, which knows commits only. */
  commit?: string | null;
  by: Principal;
}

/** A release on its way; `from` null: straight from a pipeline. */
interface Coming {
  system: string;
  release: number;
  from: string | null;
  to: string;
}

export interface DeliveriesParts {
  store: Store;
  environments: EnvironmentStore;
  deployments: Deployments;
  take: (place: Place, release: number, kind: 'deploy' | 'promote', tell: Tell) => Promise<ChangeResult>;
  /** Somebody by name, with the rights of now; null: they are gone. */
  principal: (name: string) => Principal | null;
  /** A release waits for somebody's word. */
  wanted: (approval: Approval) => void;
  now: () => number;
}

/** Brings releases to environments, as far as file, server and approvals allow. */
export class Deliveries {
  private readonly parts: DeliveriesParts;

  constructor(parts: DeliveriesParts) {
    this.parts = parts;
  }

  /** What a pipeline made, to each environment of its branch, one after the other. What is refused is said, never thrown. */
  async deliver(delivered: Delivered, tell: Tell): Promise<Delivery[]> {
    const ends: Delivery[] = [];
    for (const environment of delivered.environments)
      ends.push(await this.deliverTo({ system: delivered.system, environment }, delivered, tell));
    return ends;
  }

  private async deliverTo(place: Place, delivered: Delivered, tell: Tell): Promise<Delivery> {
    const { release: number, by, again } = delivered;
    const { environment } = place;
    try {
      const release = this.release(place, number);
      const gate = this.gateOf(release, place);
      const problem =
        this.facts(release, { from: null, gate }) ?? (again ? null : this.failedBefore(place, number));
      if (problem !== null) return refused(environment, problem);
      const who = this.parts.principal(by);
      if (who === null || !may(who, 'deployer', { environment }))
        return refused(environment, `${by} may not deploy to ${environment}`);
      return await this.through(
        gate.approve,
        who,
        { place, release: number, from: null, kind: 'deploy' },
        tell,
      );
    } catch (error) {
      if (error instanceof EscaleError) return refused(environment, error.message);
      throw error;
    }
  }

  /**
   * The same release, with the same artifacts, in another environment. Throws `promotion-refused`, `release-dev`,
   * `release-unknown`, `system-down`, and what a deploy throws.
   */
  async promote({ system, from, to, by, ...which }: PromotionWish, tell: Tell): Promise<Delivery> {
    const number =
      which.release ??
      this.releaseOfCommit(system, which.commit ?? null) ??
      this.parts.deployments.mustBeUp({ system, environment: from }).release;
    const place = { system, environment: to };
    const approve = this.mayCome({ system, from, to, release: number });
    return this.through(approve, by, { place, release: number, from, kind: 'promote' }, tell);
  }

  /** The newest one that was made of a commit, without what nobody committed; null: no commit was named. */
  private releaseOfCommit(system: string, commit: string | null): number | null {
    if (commit === null) return null;
    const made = this.parts.store.releases(system).find((each) => each.commit === commit && !each.dev);
    if (made !== undefined) return made.number;
    throw new EscaleError('release-unknown', `${system} has no release of commit ${commit}`, {
      next: 'Push the commit, and wait until its pipeline has made a release of it.',
    });
  }

  /** What stands between a kept release and each environment that its file, the server or a deploy names. Throws `release-unknown`. */
  targets(system: string, number: number): Target[] {
    const release = this.parts.store.release(system, number);
    if (release === null) throw new EscaleError('release-unknown', `${system} has no release ${number}`);
    const takenIn = this.parts.store.takenIn(system, number);
    const named = Object.keys((release.model as SystemFile).environments ?? {});
    const ruled = this.parts.environments.rulesFor(system).map(({ environment }) => environment);
    const here = this.parts.store.deployments().filter((place) => place.system === system);
    const all = new Set([...named, ...ruled, ...here.map(({ environment }) => environment)]);
    return [...all].map((environment) => this.target(release, { environment, takenIn }));
  }

  private target(
    release: Release,
    { environment, takenIn }: { environment: string; takenIn: string[] },
  ): Target {
    const { system, number, dev } = release;
    const gate = this.gateOf(release, { system, environment });
    const from = gate.promoteFrom ?? takenIn.find((other) => other !== environment) ?? null;
    const nowhere = from === null && !dev ? `release ${number} was taken in no other environment yet` : null;
    const problem = nowhere ?? promotionProblem({ release: number, dev, from, takenIn }, gate);
    return { environment, from, approve: gate.approve, problem };
  }

  /** Whose word a promotion needs; null: nobody's. Throws what `promote` throws before it begins. */
  mayCome({ system, from, to, release }: Coming): Role | null {
    const place = { system, environment: to };
    const known = this.release(place, release);
    const gate = this.gateOf(known, place);
    const problem = this.facts(known, { from, gate });
    if (problem !== null) throw new EscaleError(known.dev ? 'release-dev' : 'promotion-refused', problem);
    return gate.approve;
  }

  waiting(): Approval[] {
    return this.parts.environments.waiting();
  }

  /** Throws `approval-unknown`. */
  approval(id: number): Approval {
    const approval = this.parts.environments.approval(id);
    if (approval?.state === 'waiting') return approval;
    throw new EscaleError('approval-unknown', `nothing waits for an approval under the number ${id}`);
  }

  /** Whoever calls has seen to it that they may. Throws `approval-unknown`. */
  async approve(id: number, by: string, tell: Tell): Promise<Delivery> {
    const { system, environment, release, from } = this.approval(id);
    this.decide(id, 'approved', by);
    const kind = from === null ? 'deploy' : 'promote';
    return this.begin({ place: { system, environment }, release, from, kind }, tell);
  }

  /** What was approved and not begun before a crash. */
  async resume(): Promise<void> {
    for (const { system, environment, release, from } of this.parts.environments.approvedAndLeft()) {
      const kind = from === null ? 'deploy' : 'promote';
      const way = { place: { system, environment }, release, from, kind } as const;
      await this.begin(way, () => {}).catch((error: Error) => console.error(error.message));
    }
  }

  refuse(id: number, by: string): void {
    this.approval(id);
    this.decide(id, 'refused', by);
  }

  private decide(id: number, state: 'approved' | 'refused', by: string): void {
    if (this.parts.environments.decide(id, state, { by, at: this.parts.now() })) return;
    throw new EscaleError('approval-unknown', `nothing waits for an approval under the number ${id}`);
  }

  /** Straight on where nobody must agree, or where whoever asks is the one who would. */
  private async through(approve: Role | null, by: Principal, way: Way, tell: Tell): Promise<Delivery> {
    const { environment } = way.place;
    if (approve === null || may(by, approve, { environment })) return this.begin(way, tell);
    const { place, release, from } = way;
    const approval = this.parts.environments.want({
      ...{ ...place, release, from, role: approve, wantedBy: by.name, wantedAt: this.parts.now() },
    });
    this.parts.wanted(approval);
    const message = `release ${release} waits for the approval of ${article(approve)} of ${environment} (\`escale approve ${approval.id}\`)`;
    return { environment, verdict: 'waiting-for-approval', message, change: null, approval };
  }

  private async begin({ place, release, kind }: Way, tell: Tell): Promise<Delivery> {
    const change = await this.parts.take(place, release, kind, tell);
    const { environment } = place;
    const { rollout } = change;
    const good = rollout === null || rollout.state === 'promoted';
    const message = good
      ? `release ${release} runs in ${environment}`
      : `release ${release} was not taken in ${environment}: ${rollout.reason}`;
    return { environment, verdict: good ? 'promoted' : 'failed', message, change, approval: null };
  }

  private release(place: Place, number: number): Release {
    const release = this.parts.store.release(place.system, number);
    if (release !== null) return release;
    // Says which there are.
    this.parts.deployments.resolution(place, number);
    throw new EscaleError('release-unknown', `${place.system} has no release ${number}`);
  }

  private gateOf(release: Release, place: Place): Gate {
    const file = resolveDelivery(release.model as SystemFile, place.environment);
    return gateFor(file, this.parts.environments.ruleAt(place));
  }

  private facts(release: Release, { from, gate }: { from: string | null; gate: Gate }): string | null {
    const { system, number, dev } = release;
    const takenIn = this.parts.store.takenIn(system, number);
    return promotionProblem({ release: number, dev, from, takenIn }, gate);
  }

  /** A release that was not taken is not tried again by itself: something must change, or somebody must ask. */
  private failedBefore(place: Place, number: number): string | null {
    const { system, environment } = placeOf(place);
    const last = this.parts.store
      .rollouts(system, environment, 200)
      .find((rollout) => rollout.toRelease === number && isDecided(rollout));
    if (last === undefined || last.state === 'promoted') return null;
    return `release ${number} was not taken in ${environment} before (${last.reason}); it is not tried again until something changes`;
  }
}

interface Way {
  place: Place;
  release: number;
  from: string | null;
  kind: 'deploy' | 'promote';
}

function isDecided({ state }: Rollout): boolean {
  return state === 'promoted' || state === 'failed' || state === 'rolled-back';
}

function refused(environment: string, message: string): Delivery {
  return { environment, verdict: 'refused', message, change: null, approval: null };
}

function article(role: Role): string {
  return role === 'admin' ? 'an admin' : `a ${role}`;
}
