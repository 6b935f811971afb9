import { DEFAULTS, type SystemFile } from '../core/manifest/index.ts';
import { releasesToForget } from '../core/release/index.ts';
import type { ArtifactStore } from '../delivery/index.ts';
import type { Deployments } from './deployments.ts';
import type { EnvironmentStore } from './environments/environment-store.ts';
import type { Deployment, Store } from './store/index.ts';

export interface KeepingParts {
  store: Store;
  deployments: Deployments;
  artifacts: ArtifactStore;
  environments: EnvironmentStore;
}

/** Forgets releases that nobody can need any more, with the artifacts that were theirs alone. */
export class Keeping {
  private readonly parts: KeepingParts;

  constructor(parts: KeepingParts) {
    this.parts = parts;
  }

  /** After a release of the system was taken somewhere. */
  async tidy(system: string): Promise<void> {
    const { store, deployments, artifacts } = this.parts;
    const newest = store.newestRelease(system);
    if (newest === null) return;
    const keep = (newest.model as SystemFile).keep ?? DEFAULTS.keep;
    const numbers = store.releaseHeads(system).map(({ number }) => number);
    const forget = releasesToForget(numbers, keep, this.useOf(system));
    const digests = new Set<string>();
    store.transaction(() => {
      for (const number of forget) {
        const release = store.release(system, number);
        for (const digest of Object.values(release?.artifacts ?? {})) digests.add(digest);
        store.forgetRelease(system, number);
      }
    });
    for (const number of forget) deployments.forget(system, number);
    for (const digest of digests) if (!store.usesArtifact(digest)) await artifacts.remove(digest);
  }

  private useOf(system: string) {
    const { store, environments } = this.parts;
    const waiting = environments.waiting().filter((approval) => approval.system === system);
    const here = store.deployments().filter((deployment) => deployment.system === system);
    const underWay = store.runningRollouts().filter((rollout) => rollout.system === system);
    return {
      inUse: [
        ...here.flatMap(numbersOf),
        ...underWay.flatMap(({ fromRelease, toRelease }) => [fromRelease, toRelease]),
        ...waiting.map(({ release }) => release),
      ].filter((number) => number !== null),
      taken: here.map(({ environment }) => store.takenReleases(system, environment)),
    };
  }
}

function numbersOf({ release, wanted }: Deployment): (number | null)[] {
  return [release, ...Object.values(wanted).map((service) => service.release)];
}
