import path from 'node:path';
import { EscaleError } from '../../core/errors/index.ts';
import { canonical } from '../../core/release/index.ts';
import {
  type ArtifactDraft,
  developmentPackages,
  linkForDevelopment,
  type RunTool,
} from '../../delivery/index.ts';
import { type Candidate, makeCandidate } from '../candidate.ts';
import { foldersOf } from './checkout-step.ts';
import { type Outcome, type OwnStep, SUCCEEDED } from './outcome.ts';
import type { PipelinesParts } from './parts.ts';
import { runFolder } from './run-folder.ts';
import type { StoredPipelineRun } from './stored.ts';

/** Packages for steps and for what is delivered, each once for each lock file; shown where they are needed. */
export async function install(
  { run, tell }: OwnStep,
  parts: PipelinesParts,
  fenced: RunTool,
): Promise<Outcome> {
  const { artifacts } = parts;
  const folder = runFolder(parts.folder, run.id);
  const trees = run.environments.length > 0 ? [folder.work, folder.pristine] : [folder.work];
  for (const tree of trees)
    for (const need of await developmentPackages(foldersOf(run.model!, path.join(tree, run.folder)), tree)) {
      const isKnown = artifacts.hasPackages(need);
      linkForDevelopment(need, await artifacts.install(need, fenced));
      if (tree === folder.work) tell(isKnown ? 'packages as before' : 'packages installed');
    }
  if (run.environments.length > 0)
    for (const { packages } of draftsOf(await candidateOf(run, parts)))
      if (packages !== null) await artifacts.install(packages, fenced);
  return SUCCEEDED;
}

function draftsOf({ drafts }: Candidate): ArtifactDraft[] {
  return [...new Map(drafts.map((draft) => [draft.packages?.key ?? '', draft])).values()];
}

/** A folder of this machine is its owner's. */
function trustIn({ source }: StoredPipelineRun): 'owner' | 'pushed' {
  return source === null ? 'pushed' : 'owner';
}

/** What the tree that is delivered would become as a release. */
export async function candidateOf(
  run: StoredPipelineRun,
  { folder, artifacts }: PipelinesParts,
): Promise<Candidate> {
  const { pristine } = runFolder(folder, run.id);
  // What is committed is what is there: a folder of somebody's machine is not, so it can't be promoted.
  const git = { commit: run.commit, dirty: run.commit === null, top: pristine };
  const environment = run.environments[0]!;
  const candidate = await makeCandidate(
    { folder: path.join(pristine, run.folder), environment, git, trust: trustIn(run) },
    artifacts,
  );
  if (canonical(candidate.written) === canonical(run.model)) return candidate;
  // What was checked, and what approvals and branches are about, is what the commit says.
  throw new EscaleError('pipeline-file-changed', `a build has changed the file of ${run.system}`);
}
