import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { may, type Principal } from '../../core/access/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { NAME } from '../../core/manifest/index.ts';
import { type EnvironmentRule, targetsOf } from '../../core/promotion/index.ts';
import {
  endLeft,
  type PushHead,
  type PushVoice,
  type RefChange,
  Repository,
  readPushHead,
  receivePack,
  refusal,
  type SystemFolder,
} from '../../delivery/index.ts';
import { ByPlace } from '../by-place.ts';
import type { Sql } from '../store/index.ts';
import { type ReadFolder, readFolders, systemsOf } from './commits.ts';
import { followerOf } from './follower.ts';
import type { GitStore, StoredRepository } from './git-store.ts';

/** Why a commit is looked at. */
export type CommitCause = 'push' | 'poll' | 'webhook';

/** What a run of a pipeline is asked for with. */
export interface CommitWish {
  system: string;
  repository: string;
  branch: string;
  commit: string;
  folder: string;
  by: string;
  cause: CommitCause;
  environments: string[];
}

/** The pipeline, as repositories need it. */
export interface CommitRuns {
  /** Inside the caller's transaction. Returns the run's number. */
  begin(wish: CommitWish): number;
  wasCancelled(run: number): boolean;
  /** Why it failed, for people; null: it did not, or goes on. */
  failureOf(run: number): string | null;
  /** What it says of a run, line by line, until it has ended or nobody listens. */
  tell(run: number, say: (line: string) => void, signal: AbortSignal): Promise<void>;
}

export interface RepositoriesParts {
  /** Absolute; one bare repository below it for each name. */
  folder: string;
  /** Absolute: where commits are read. */
  scratch: string;
  sql: Sql;
  store: GitStore;
  runs: CommitRuns;
  rules: (system: string) => EnvironmentRule[];
  /** Writes down who pushes what. Throws `disk-full`. */
  pushed: (repository: string, changes: RefChange[], push: { by: Principal; from: string }) => void;
  /** Tells whoever watches that a commit could not be taken up, although nobody waits for it. */
  problem: (repository: string, message: string) => void;
  now: () => number;
}

/** A push as it comes in. */
export interface PushRequest {
  by: Principal;
  /** An address, or `socket`. */
  from: string;
  input: Readable;
  output: Writable;
}

/** What came of a branch's new commit. */
export interface Taken {
  runs: { id: number; system: string; environments: string[] }[];
  /** For people. */
  notes: string[];
}

const SCRATCH = 'commit-';

/** Repositories that are pushed to or follow others: whatever is new in their branches becomes pipeline runs, once. */
export class Repositories {
  private readonly parts: RepositoriesParts;
  private readonly turns = new ByPlace();

  constructor(parts: RepositoriesParts) {
    this.parts = parts;
    mkdirSync(parts.folder, { recursive: true, mode: 0o700 });
    mkdirSync(parts.scratch, { recursive: true, mode: 0o700 });
  }

  /**
   * Takes up what a crash left: processes, locks, and commits that came and were not looked at. To be called before
   * anything else uses git.
   */
  async resume(): Promise<void> {
    const { folder, scratch } = this.parts;
    const left = endLeft(folder);
    for (const name of readdirSync(folder))
      if (name.endsWith('.building')) rmSync(path.join(folder, name), { recursive: true, force: true });
    for (const name of readdirSync(scratch))
      if (name.startsWith(SCRATCH)) rmSync(path.join(scratch, name), { recursive: true, force: true });
    const names = this.list().flatMap(({ name }) => (this.at(name).exists ? [name] : []));
    // All of them take their turn at once: whoever pushes meanwhile comes after that.
    await Promise.all(names.map((name) => this.takeUpLeft(name, left)));
  }

  private async takeUpLeft(name: string, left: Promise<void>): Promise<void> {
    await this.inTurn(name, async () => {
      await left;
      this.at(name).clearLocks();
      await this.takeUp(name, 'push');
    }).catch((error: Error) => this.parts.problem(name, error.message));
  }

  list(): StoredRepository[] {
    return this.parts.store.repositories();
  }

  /** Throws `repository-name`. */
  at(name: string): Repository {
    if (!NAME.test(name))
      throw new EscaleError(
        'repository-name',
        `expected the name of a repository, got ${JSON.stringify(name)}`,
      );
    return new Repository(path.join(this.parts.folder, `${name}.git`));
  }

  /** Throws `repository-name`, `repository-unknown`. */
  mustExist(name: string): Repository {
    const repository = this.at(name);
    if (repository.exists) return repository;
    throw new EscaleError('repository-unknown', `there is no repository "${name}"`);
  }

  async make(name: string): Promise<Repository> {
    const repository = this.at(name);
    this.parts.store.addRepository(name, this.parts.now());
    await repository.make();
    return repository;
  }

  /** After what goes on in this repository. */
  inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.turns.run({ system: name, environment: 'git' }, work);
  }

  /** A push from its first byte to the end of what it started; the answer is written as things happen. */
  async push(name: string, push: PushRequest): Promise<void> {
    const repository = this.mustExist(name);
    const { input, output } = push;
    const head = await readPushHead(input);
    const problem = refProblem(head);
    if (problem !== null) return refuse(push, refusal(head, problem));
    const { voice, taken } = await this.inTurn(name, () => this.receive(repository, head, { ...push, name }));
    if (voice === null) return;
    await this.say(voice, taken, output);
    voice.end();
  }

  private async receive(
    repository: Repository,
    head: PushHead,
    push: PushRequest & { name: string },
  ): Promise<{ voice: PushVoice | null; taken: Taken }> {
    const { name, by, input, output } = push;
    try {
      this.parts.store.addPush(name, by, head.changes, this.parts.now());
      this.parts.pushed(name, head.changes, push);
    } catch (error) {
      if (!(error instanceof EscaleError)) throw error;
      refuse(push, refusal(head, error.message, [error.message, error.next]));
      return { voice: null, taken: { runs: [], notes: [] } };
    }
    const voice = await receivePack(repository.folder, head, { input, output });
    if (!voice.isWhole) repository.clearLocks();
    try {
      const taken = await this.takeUp(name, 'push');
      if (!voice.isWhole) taken.notes.push('✗ git was ended in the middle of it: push again');
      return { voice, taken };
    } catch (error) {
      // The commits are there; they are taken up at the next look.
      const message = error instanceof EscaleError ? error.message : 'something went wrong inside';
      if (!(error instanceof EscaleError)) console.error(error);
      return { voice, taken: { runs: [], notes: [`✗ ${message}; Escale looks again later`] } };
    }
  }

  private async say(voice: PushVoice, { runs, notes }: Taken, output: Writable): Promise<void> {
    const listens = new AbortController();
    output.once('close', () => listens.abort());
    for (const note of notes) voice.say(note);
    for (const { id, system, environments } of runs) {
      voice.say('');
      const goal = environments.length > 0 ? ` → ${environments.join(', ')}` : ' (its branch goes nowhere)';
      voice.say(`${system}: pipeline ${id}${goal}`);
      await this.parts.runs.tell(id, (line) => voice.say(`  ${line}`), listens.signal);
    }
  }

  /** Compares branches with what was taken up of them, and takes up what is new. Twice changes nothing. */
  async takeUp(name: string, cause: CommitCause): Promise<Taken> {
    const repository = this.mustExist(name);
    const known = this.parts.store.branches(name);
    const branches = await repository.branches();
    const all: Taken = { runs: [], notes: [] };
    for (const branch of Object.keys(known))
      if (!Object.hasOwn(branches, branch)) this.parts.store.setBranch(name, branch, null);
    for (const [branch, commit] of Object.entries(branches)) {
      if (Object.hasOwn(known, branch) && known[branch] === commit) continue;
      const { runs, notes } = await this.takeUpBranch({ name, repository, branch, commit, cause });
      all.runs.push(...runs);
      all.notes.push(...notes);
    }
    return all;
  }

  private async takeUpBranch(at: Tip): Promise<Taken> {
    const { name, repository, branch, commit } = at;
    const { systems, passedOver } = await systemsOf(repository, commit);
    const changed = systems.filter((system) => !this.isTaken(name, branch, system));
    const read = await readFolders(repository, commit, { systems: changed, scratch: this.parts.scratch });
    const notes = notesOf({ systems, changed, passedOver }, branch);
    const same = systems.filter((system) => !changed.includes(system));
    notes.push(...same.flatMap((system) => this.failedBefore(name, branch, system)));
    return this.parts.sql.transaction(() => {
      this.parts.store.setBranch(name, branch, commit);
      const runs = read.flatMap((folder) => this.beginRun(folder, at, notes));
      return { runs, notes };
    });
  }

  /** Of what differs in nothing from what was looked at the last time, unless a newer push had ended that look. */
  private isTaken(name: string, branch: string, { folder, key }: SystemFolder): boolean {
    const taken = this.parts.store.taken(name, branch, folder);
    return taken?.key === key && !this.parts.runs.wasCancelled(taken.run);
  }

  /** What did not succeed does not so for a commit that changes nothing: that is told, and nothing is tried again. */
  private failedBefore(name: string, branch: string, { folder }: SystemFolder): string[] {
    const run = this.parts.store.taken(name, branch, folder)!.run;
    const failure = this.parts.runs.failureOf(run);
    if (failure === null) return [];
    const again = `\`escale pipeline retry ${run}\` tries it again`;
    return [`✗ ${folder}: it is as in pipeline run ${run}, which failed: ${failure} (${again})`];
  }

  private beginRun(folder: ReadFolder, { name, branch, commit, cause }: Tip, notes: string[]): Taken['runs'] {
    const { store, runs, rules } = this.parts;
    if (folder.model === null) {
      notes.push(`✗ ${folder.folder}: the file of the system has mistakes, nothing was delivered`);
      notes.push(...folder.problems.map((line) => `  ${line}`));
      if (cause !== 'push')
        this.parts.problem(name, `${folder.file} has mistakes: ${folder.problems[0] ?? ''}`);
      return [];
    }
    const system = folder.model.name;
    const claim = store.claimOf(system);
    if (claim !== null && claim.repository !== name) {
      notes.push(`✗ ${folder.folder}: ${system} is delivered from the repository ${claim.repository}`);
      return [];
    }
    const by = store.pusherOf(name, branch, commit) ?? followerOf(name);
    const targets = targetsOf(folder.model, branch, rules(system));
    const environments = targets.filter((environment) => may(by, 'deployer', { environment }));
    for (const environment of targets.filter((one) => !environments.includes(one)))
      notes.push(`✗ ${system} is not delivered to ${environment}: ${by.name} may not deploy there`);
    const wish = {
      system,
      repository: name,
      branch,
      commit,
      folder: folder.folder,
      by: by.name,
      cause,
      environments,
    };
    const id = runs.begin(wish);
    store.claim(system, name, folder.folder);
    // Where somebody with more rights would have brought it, the next push of the branch is looked at again.
    if (environments.length === targets.length)
      store.setTaken(name, branch, { folder: folder.folder, key: folder.key, run: id });
    return [{ id, system, environments }];
  }
}

interface Tip {
  name: string;
  repository: Repository;
  branch: string;
  commit: string;
  cause: CommitCause;
}

/** Whoever pushes hears nothing before all of it is read. */
function refuse({ input, output }: PushRequest, answer: Buffer): void {
  output.end(answer);
  input.resume();
}

function refProblem({ changes }: PushHead): string | null {
  if (changes.some(({ ref }) => !/^refs\/(heads|tags)\//.test(ref)))
    return 'only branches and tags are taken';
  const isTaken = changes.every(({ ref }) => ref.length <= LONGEST_REF);
  return isTaken ? null : `a name of a branch has at most ${LONGEST_REF} bytes here`;
}

const LONGEST_REF = 250;

function notesOf(
  {
    systems,
    changed,
    passedOver,
  }: { systems: SystemFolder[]; changed: SystemFolder[]; passedOver: string[] },
  branch: string,
): string[] {
  if (systems.length === 0) {
    const where = passedOver.length > 0 ? ` (passed over: ${passedOver.slice(0, 5).join(', ')})` : '';
    return [`No system in ${branch}: no folder has an escale.yaml or escale.config.ts${where}.`];
  }
  if (changed.length === 0) return [`Nothing of ${branch} differs from the last time: nothing to do.`];
  const same = systems.length - changed.length;
  return same === 0 ? [] : [`${same} of ${systems.length} systems did not change.`];
}
