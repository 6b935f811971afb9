import type { SecretVersions } from '../core/contracts/index.ts';
import { EscaleError } from '../core/errors/index.ts';
import { type ResolvedSystem, refuseContainers } from '../core/manifest/index.ts';
import { makePlan, type Plan, type Resolution, secretNotes } from '../core/plan/index.ts';
import type { Candidate } from './candidate.ts';
import type { Deployments } from './deployments.ts';
import { type Place, placeOf } from './place.ts';
import { refuseClaimedHosts } from './routes-claimed.ts';
import type { Secrets } from './secrets.ts';
import type { Deployment, Rollout, Store } from './store/index.ts';

/** What a plan is made of, and what it would do. */
export interface PlannedChange {
  place: Place;
  kind: Rollout['kind'];
  release: number;
  fromRelease: number | null;
  /** The host elsewhere that it would be on; null: this one. */
  target: string | null;
  plan: Plan;
  candidate: Candidate | null;
  /** Numbers set by people that hold from now on. */
  scaled: Record<string, number>;
  /** Which value of each secret it would use. */
  secrets: SecretVersions;
  /** Why something is replaced, where the operations don't say it, for people. */
  notes: string[];
}

export interface PlanningParts {
  store: Store;
  deployments: Deployments;
  hasArtifact: (digest: string) => boolean;
  /** Throws `target-unknown`. */
  mustKnow: (target: string) => void;
  /** Whether a target is a cluster, which rolls by itself. */
  isCluster: (target: string | null) => boolean;
  secrets: Pick<Secrets, 'newest' | 'kept'>;
}

/** From what runs to what a folder would become. Throws `host-claimed`, `secret-missing`. */
export function planCandidate(
  candidate: Candidate,
  { store, deployments, hasArtifact, mustKnow, isCluster, secrets: vault }: PlanningParts,
): PlannedChange {
  const place = placeOf(candidate);
  const deployment = deployments.find(place);
  checkTarget(deployments.current(deployment), candidate.resolved, mustKnow);
  checkUses(candidate.resolved, deployments);
  const known = candidate.knownAs(store.releases(place.system), deployment?.release);
  const release = known ?? store.nextReleaseNumber(place.system);
  refuseClaimedHosts(place, candidate.resolved.routes, deployments.routesBeside(place));
  const secrets = vault.newest(candidate.resolved);
  const after = { release, system: candidate.resolved, artifacts: candidate.content.artifacts, secrets };
  const before = deployments.current(deployment);
  const scaled = scaledFor(deployment, deployments.last(deployment), after);
  const digests = candidate.drafts.map(({ digest }) => digest);
  const missingArtifacts = digests.filter((digest) => !hasArtifact(digest));
  const running = runningOf(deployment);
  const rolls = isCluster(candidate.resolved.target);
  const plan = makePlan({
    before,
    after,
    running,
    scaled,
    missingArtifacts,
    recorded: known !== null,
    restart: [],
    runJobs: true,
    backUp: isKept(place) && !rolls,
    urgent: rolls,
  });
  const notes = [...secretNotes(before, after), ...scalingNotes(after.system, rolls)];
  const fromRelease = before?.release ?? null;
  const { target } = candidate.resolved;
  return { place, kind: 'deploy', release, fromRelease, target, plan, candidate, scaled, secrets, notes };
}

export interface ChangeWish {
  kind: Rollout['kind'];
  release: number;
  /** Services to replace although nothing of them changed. */
  restart: string[];
  /** Null: those set by people stay where the file still says what it said. */
  scaled: Record<string, number> | null;
}

/** From what runs to a release that is kept. Throws `host-claimed`, `release-unknown`, `artifact-gone`, `secret-missing`. */
export function planChange(
  deployment: Deployment,
  wish: ChangeWish,
  { deployments, hasArtifact, mustKnow, isCluster, secrets: vault }: PlanningParts,
): PlannedChange {
  const place = placeOf(deployment);
  const { kind, release, restart } = wish;
  const resolution = deployments.resolution(place, release);
  const { system } = resolution;
  checkTarget(deployments.current(deployment), system, mustKnow);
  checkUses(system, deployments);
  const isNew = kind === 'deploy' || kind === 'promote';
  const secrets =
    isNew || kind === 'rollback' || kind === 'repair'
      ? vault.newest(system)
      : vault.kept(system, deployment.secrets ?? {});
  const after = { ...resolution, secrets };
  const before = deployments.current(deployment);
  const scaled = wish.scaled ?? scaledFor(deployment, deployments.last(deployment), after);
  refuseClaimedHosts(place, after.system.routes, deployments.routesBeside(place));
  refuseContainers(deployments.fileOf(place, release), after.system);
  if (!Object.values(after.artifacts).every(hasArtifact))
    throw new EscaleError(
      'artifact-gone',
      `the artifacts of release ${release} of ${place.system} are gone from this host`,
    );
  const running = runningOf(deployment);
  const rolls = isCluster(system.target);
  const kept = { recorded: true, missingArtifacts: [], runJobs: isNew, backUp: isKept(place) && !rolls };
  const urgent = kind === 'rollback' || rolls;
  const plan = makePlan({ before, after, running, scaled, restart, ...kept, urgent });
  const notes = [...secretNotes(before, after), ...scalingNotes(after.system, rolls)];
  const fromRelease = before?.release ?? null;
  const { target } = system;
  return { place, kind, release, fromRelease, target, plan, candidate: null, scaled, secrets, notes };
}

/** Said with each release: a range is a cluster's to choose from. */
function scalingNotes({ services }: ResolvedSystem, isCluster: boolean): string[] {
  const ranged = isCluster ? [] : Object.values(services).filter(({ scaling }) => scaling !== null);
  return ranged.map(
    ({ name, replicas }) => `${name}: ${replicas} run; only a cluster chooses from a range of replicas`,
  );
}

/** What is up stays on its host. */
function checkTarget(
  before: Resolution | null,
  after: ResolvedSystem,
  mustKnow: (target: string) => void,
): void {
  if (before !== null && before.system.target !== after.target)
    throw new EscaleError(
      'target-changed',
      `${after.name} is up in ${after.environment} on ${before.system.target ?? 'this host'}, and its file says ${after.target ?? 'this host'}`,
      { next: `Take it down there first: \`escale down ${after.name} -e ${after.environment}\`.` },
    );
  if (after.target !== null) mustKnow(after.target);
}

/** Calls between systems go through the gateway of their host. */
function checkUses(system: ResolvedSystem, deployments: Deployments): void {
  const uses = [...Object.values(system.services), ...Object.values(system.jobs)].flatMap((one) => one.uses);
  for (const name of new Set(uses.filter((use) => use.includes('/')).map((use) => use.split('/')[0]!))) {
    const place = { system: name, environment: system.environment };
    if (!deployments.find(place)?.up) continue;
    const target = deployments.targetOf(place);
    if (target !== system.target)
      throw new EscaleError(
        'target-lacks',
        `${system.name} uses ${name}, which is on ${target ?? 'this host'}, and not on ${system.target ?? 'this host'}`,
        { next: 'Systems of one environment that call each other have the same target.' },
      );
  }
}

/** A laptop's data is nobody's loss; each change there would cost a copy of it. */
function isKept({ environment }: Place): boolean {
  return environment !== 'local';
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
