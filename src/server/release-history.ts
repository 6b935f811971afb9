import { may, type Principal } from '../core/access/index.ts';
import { EscaleError } from '../core/errors/index.ts';
import { type Release, settingChanges } from '../core/release/index.ts';
import type { Repository } from '../delivery/index.ts';
import type { ReleaseChangesView } from './api/types.ts';
import type { Store } from './store/index.ts';

export interface ReleaseHistoryParts {
  store: Store;
  /** The repository and folder that a system comes from; null: it was delivered from a folder. */
  originOf: (system: string) => { repository: Repository; folder: string } | null;
}

const MOST_COMMITS = 100;
const MOST_FILES = 500;

/** What is new in a release: commits, files, settings, and which programs are other ones. */
export class ReleaseHistory {
  private readonly parts: ReleaseHistoryParts;

  constructor(parts: ReleaseHistoryParts) {
    this.parts = parts;
  }

  /** Since another release, by default the one kept before it. Throws `release-unknown`. */
  async changes(
    { system, release: number }: { system: string; release: number },
    since: number | null,
    principal: Principal,
  ): Promise<Omit<ReleaseChangesView, 'targets'>> {
    const release = this.seen(system, number, principal);
    const before = since ?? this.before(system, number);
    const former = before === null ? null : this.seen(system, before, principal);
    const { commit, dev, createdAt } = release;
    return {
      ...{ system, release: number, commit, dev, createdAt, since: before },
      ...(await this.commits(release, former)),
      settings: former === null ? [] : settingChanges(former.model, release.model),
      programs: former === null ? Object.keys(release.artifacts) : changedPrograms(former, release),
      takenIn: this.parts.store
        .takenIn(system, number)
        .filter((environment) => may(principal, 'viewer', { environment })),
    };
  }

  /** A release belongs to no environment: whoever may look into one of those its system was brought to may see it. */
  private seen(system: string, number: number, principal: Principal): Release {
    const release = this.parts.store.release(system, number);
    const places = this.parts.store.deployments().filter((deployment) => deployment.system === system);
    const sees = may(principal, 'viewer', 'all') || places.some((place) => may(principal, 'viewer', place));
    if (release !== null && sees) return release;
    throw new EscaleError('release-unknown', `${system} has no release ${number}`);
  }

  private before(system: string, number: number): number | null {
    const older = this.parts.store.releaseHeads(system).find((head) => head.number < number);
    return older?.number ?? null;
  }

  private async commits(
    { system, commit }: Release,
    former: Release | null,
  ): Promise<Pick<ReleaseChangesView, 'commits' | 'files'>> {
    const origin = this.parts.originOf(system);
    const from = former?.commit ?? null;
    if (origin === null || commit === null || !(await origin.repository.has(commit)))
      return { commits: [], files: [] };
    const { repository, folder } = origin;
    const known = from !== null && (await repository.has(from)) ? from : null;
    const commits = await repository.log(known, commit, folder, MOST_COMMITS);
    const files = known === null ? [] : await repository.changedFiles(known, commit, folder);
    return { commits, files: files.slice(0, MOST_FILES) };
  }
}

function changedPrograms(before: Release, after: Release): string[] {
  return Object.keys(after.artifacts).filter((name) => before.artifacts[name] !== after.artifacts[name]);
}
