import path from 'node:path';
import type { HostEngine } from '../core/contracts/index.ts';
import {
  type ResolvedSystem,
  refuseContainers,
  resolveSystem,
  type SystemFile,
  withEngine,
} from '../core/manifest/index.ts';
import { type Release, type ReleaseContent, sameRelease } from '../core/release/index.ts';
import {
  type ArtifactDraft,
  type ArtifactStore,
  loadSystem,
  readSecretFiles,
  type SecretFile,
} from '../delivery/index.ts';
import { containerSource, type Trust, withImagesOfNow } from './containers.ts';
import { type GitState, gitState } from './git-state.ts';

export interface DeploySource {
  /** Folder of the system's file, absolute. */
  folder: string;
  environment: string;
  /** What git says of it, where that is known already; by default git is asked. */
  git?: GitState;
  /** What the environment runs on, whatever the file says. */
  engine?: HostEngine;
  /** Whose file it is; left out: the owner's. */
  trust?: Trust;
}

/** What a folder would become as a release, before anything is written. */
export interface Candidate {
  system: string;
  environment: string;
  folder: string;
  /** The file as it is written: the release's names its images by digest, too. */
  written: SystemFile;
  content: ReleaseContent;
  resolved: ResolvedSystem;
  drafts: ArtifactDraft[];
  /** Its encrypted secrets in git, as they stand there. */
  secretFiles: SecretFile[];
  /** The number of the release that runs, or of the newest one, when it is the same; else null. */
  knownAs(releases: Release[], running?: number | null): number | null;
}

/** Reads file, git and sources, and asks what images mean. Throws `file-invalid` with every mistake, `needs-containers`. */
export async function makeCandidate(source: DeploySource, artifacts: ArtifactStore): Promise<Candidate> {
  const asked = source.git ?? gitState(source.folder);
  const [loaded, git] = await Promise.all([loadSystem({ folder: source.folder }), asked]);
  const { environment, engine, trust = 'owner' } = source;
  const written = engine === undefined ? loaded.model : withEngine(loaded.model, environment, engine);
  refuseContainers(written, resolveSystem(written, environment));
  const model = await withImagesOfNow(written, trust);
  const resolved = resolveSystem(model, environment);
  const programs = [
    ...Object.values(resolved.services),
    ...Object.values(resolved.jobs).map((job) => ({ ...job, static: null })),
  ];
  const drafts = await Promise.all(
    programs.map((program) =>
      artifacts.draft({
        folder: path.resolve(loaded.folder, program.source),
        top: git.top,
        static: program.static !== null,
        ...containerSource(program, { system: resolved.name, trust }),
      }),
    ),
  );
  const digests = Object.fromEntries(programs.map(({ name }, index) => [name, drafts[index]!.digest]));
  const content = { commit: git.commit, dev: git.dirty, model, artifacts: digests };
  return {
    ...{
      system: resolved.name,
      environment: source.environment,
      folder: loaded.folder,
      written,
      content,
      resolved,
      drafts,
      secretFiles: readSecretFiles(loaded.folder, source.environment),
    },
    knownAs: (releases, running = null) =>
      releases
        .filter((release, index) => index === 0 || release.number === running)
        .find((release) => sameRelease(release, content))?.number ?? null,
  };
}
