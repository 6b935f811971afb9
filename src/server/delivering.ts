import path from 'node:path';
import type { Principal } from '../core/access/index.ts';
import { describe } from '../core/rollout/index.ts';
import { duration, harmless } from '../core/text/index.ts';
import { secretFilesIn } from '../delivery/index.ts';
import { outsideAddresses } from '../host/index.ts';
import { type Access, OWNER } from './access/index.ts';
import type { ControlPlane, Progress } from './control-plane.ts';
import { Deliveries } from './environments/deliveries.ts';
import type { Approval } from './environments/environment-store.ts';
import { followerNamed } from './git/follower.ts';
import { Following } from './git/following.ts';
import { GitStore } from './git/git-store.ts';
import { Repositories } from './git/repositories.ts';
import { lineText, NO_PAINT, PipelineStore, Pipelines, type StoredPipelineRun } from './pipelines/index.ts';
import type { Place } from './place.ts';
import { ReleaseHistory } from './release-history.ts';
import type { Store } from './store/index.ts';

export interface DeliveringParts {
  controlPlane: ControlPlane;
  access: Access;
  /** Absolute folders. */
  repositories: string;
  scratch: string;
  pipelines: string;
  /** What the secrets of incoming webhooks are made of. */
  hookKey: string;
  /** Where packages come from, as variables for tools. */
  registries: () => Promise<Record<string, string>>;
  cores: number;
  /** Where people find the pages, without a slash at its end. */
  pagesUrl: string;
  /** A release waits for somebody's word. */
  wanted: (approval: Approval) => void;
  /** A repository could not be looked at, although nobody waits for it. */
  problem: (repository: string, message: string) => void;
}

/** From a commit to an environment: repositories, pipelines, releases and approvals, over one control plane. */
export class Delivering {
  readonly repositories: Repositories;
  readonly following: Following;
  readonly pipelines: Pipelines;
  readonly deliveries: Deliveries;
  readonly history: ReleaseHistory;
  readonly environments: ControlPlane['environments'];
  readonly planOf: ControlPlane['planOf'];
  private readonly gitStore: GitStore;
  private readonly pagesUrl: string;
  private readonly access: Access;
  private readonly store: Store;
  private readonly controlPlane: ControlPlane;

  constructor(parts: DeliveringParts) {
    const { controlPlane, access } = parts;
    const { store, vault, clock } = controlPlane.parts;
    const { environments } = controlPlane;
    const now = () => clock.now();
    this.controlPlane = controlPlane;
    this.pagesUrl = parts.pagesUrl;
    this.access = access;
    this.store = store;
    this.gitStore = new GitStore(store.sql);
    this.environments = environments;
    this.deliveries = new Deliveries({
      ...{ store, environments, deployments: controlPlane.deployments, now, wanted: parts.wanted },
      take: (place, release, kind, tell) => controlPlane.take(place, release, kind, tell),
      principal: (name) => principalNamed(access, name),
    });
    this.pipelines = this.pipelinesOver(parts, now);
    this.repositories = new Repositories({
      ...{ folder: parts.repositories, scratch: parts.scratch, sql: store.sql, store: this.gitStore, now },
      runs: {
        begin: (wish) => this.pipelines.begin(wish).id,
        wasCancelled: (run) => this.pipelines.wasCancelled(run),
        failureOf: (run) => this.pipelines.failureOf(run),
        tell: (run, say, signal) => this.tellRun(run, say, signal),
      },
      rules: (system) => environments.rulesFor(system),
      pushed: (repository, changes, { by, from }) => {
        const detail = { branches: changes.map(({ ref }) => ref) };
        const who = { who: by.name, kind: by.kind, token: by.token ?? null, from };
        access.audit.add(
          { ...who, action: 'push', system: '', environment: '', target: repository, detail },
          'done',
        );
      },
      problem: parts.problem,
    });
    this.following = new Following({
      ...{ store: this.gitStore, repositories: this.repositories, hookKey: parts.hookKey, now },
      seal: (repository, word) => vault.sealFor(`repository ${repository}`, word),
      unseal: (repository, sealed) => vault.openFor(`repository ${repository}`, sealed),
      addressesOf: outsideAddresses,
      problem: parts.problem,
    });
    this.history = new ReleaseHistory({ store, originOf: (system) => this.originOf(system) });
    this.planOf = (place, release, kind) => controlPlane.planOf(place, release, kind);
    controlPlane.secretFilesOf = (place, release) => this.secretFiles(place, release);
  }

  /** Goes on with what was left, from now on. */
  resume(): void {
    void this.repositories.resume().catch((error) => console.error(error));
    this.pipelines.resume();
    void this.deliveries.resume().catch((error) => console.error(error));
    this.following.resume();
  }

  stop(): void {
    this.following.stop();
    this.pipelines.stop();
  }

  private pipelinesOver({ controlPlane, ...parts }: DeliveringParts, now: () => number): Pipelines {
    const { store, engine, artifacts, resourceFolder, vault } = controlPlane.parts;
    return new Pipelines({
      ...{ store: new PipelineStore(store.sql), engine, artifacts, resourceFolder, now },
      ...{ folder: parts.pipelines, registries: parts.registries, cores: parts.cores },
      checkout: ({ repository, commit }, into) =>
        this.repositories.mustExist(repository!).checkout(commit!, into),
      makeRelease: (candidate, making) => controlPlane.makeRelease(candidate, making),
      deliver: (run, release, tell) => this.deliver(run, release, tell),
      masked: (system, text) => vault.masked(system, text),
      ended: (run) => this.sayEnd(run),
      problem: (error) => console.error(error),
    });
  }

  private sayEnd(run: StoredPipelineRun): void {
    const { id, system, environments, release, state, reason, branch, by } = run;
    const of = { system, environment: environments[0] ?? '', toRelease: release ?? 0 };
    const what = `run ${id}${branch === null ? '' : ` of ${branch}`} by ${by}`;
    const message = reason === '' ? what : `${what}: ${reason}`;
    this.controlPlane.say(of, `pipeline-${state}`, message);
  }

  private async deliver(
    { id, system, by, cause, environments }: StoredPipelineRun,
    release: number,
    tell: (text: string) => void,
  ) {
    const wish = { system, release, by, again: cause === 'person', environments };
    const ends = await this.deliveries.deliver(wish, (progress) => {
      for (const line of progressLines(progress)) tell(line);
    });
    for (const { environment, verdict, message } of ends) {
      const who = { who: by, kind: by === OWNER.name ? 'owner' : 'user', from: `pipeline ${id}` } as const;
      const outcome = verdict === 'promoted' ? 'done' : verdict === 'failed' ? 'failed' : 'refused';
      const what = {
        action: 'deliver',
        system,
        environment,
        target: `release ${release}`,
        detail: { message },
      };
      this.access.audit.add({ ...who, ...what }, outcome, verdict === 'promoted' ? null : verdict);
    }
    return ends.map(({ environment, verdict, message }) => ({ environment, verdict, message }));
  }

  /** Everything that a run says, in plain lines. */
  private async tellRun(run: number, say: (line: string) => void, signal: AbortSignal): Promise<void> {
    for await (const line of this.pipelines.follow(run, signal))
      if (line.type !== 'run') for (const text of lineText(line, NO_PAINT).split('\n')) say(text);
    if (!signal.aborted) say(`report: ${this.pagesUrl}/api/pipelines/${run}/report`);
  }

  private originOf(system: string) {
    const claim = this.gitStore.claimOf(system);
    return claim && { repository: this.repositories.mustExist(claim.repository), folder: claim.folder };
  }

  /** What the commit of a release has of encrypted secrets beside its file. */
  private async secretFiles({ system, environment }: Place, number: number) {
    const origin = this.originOf(system);
    const commit = this.store.release(system, number)?.commit ?? null;
    if (origin === null || commit === null || !(await origin.repository.has(commit))) return [];
    const { repository, folder } = origin;
    const tree = await repository.tree(commit);
    const beside = new Map(
      tree
        .filter(({ path: file, mode }) => mode !== '120000' && path.posix.dirname(file) === folder)
        .map(({ path: file, id }) => [path.posix.basename(file), id]),
    );
    return secretFilesIn([...beside.keys()], environment, (name) => repository.file(beside.get(name)!));
  }
}

/** Somebody with the rights of now; null: they are gone. */
function principalNamed({ accounts }: Access, name: string): Principal | null {
  if (name === OWNER.name) return OWNER;
  const follower = followerNamed(name);
  if (follower !== null) return follower;
  const user = accounts.users().find((one) => one.name === name);
  return user === undefined ? null : { name, kind: 'user', grants: user.grants };
}

/** What a rollout says, for whoever watches the pipeline that began it. */
function progressLines(progress: Progress): string[] {
  if (progress.type === 'note') return [progress.message];
  if (progress.type === 'done') return [`✓ ${describe(progress.operation)} (${duration(progress.ms)})`];
  if (progress.type === 'returning')
    return [
      progress.toRelease === null
        ? '↩ stopping what was started'
        : `↩ returning to release ${progress.toRelease}`,
    ];
  if (progress.type !== 'failed') return [];
  const { instance, reason, operation, lastLines } = progress;
  const who = instance === null ? '' : `${instance}: `;
  return [
    `✗ ${describe(operation)}`,
    `  ${who}${reason}`,
    ...lastLines.map((line) => `  │ ${harmless(line)}`),
  ];
}
