import type { CatalogueEntry } from './catalogue.ts';

/** What can go wrong with pipeline runs. */
export const PIPELINE = {
  'pipeline-unknown': {
    title: 'There is no such pipeline run',
    explanation: 'The number was never given, or the run is no longer kept: the last 50 of each system are.',
    next: 'Look at `escale pipeline list`.',
    exitCode: 1,
  },
  'pipeline-ended': {
    title: 'The pipeline run has ended',
    explanation: 'Only a run that waits or goes on can be cancelled.',
    next: 'Look at what became of it: `escale pipeline show <number>`.',
    exitCode: 1,
  },
  'pipeline-delivering': {
    title: 'The pipeline run delivers already',
    explanation:
      'Its tests have succeeded and a rollout goes on. Ending that is the rollout’s business, which then returns to what ran before.',
    next: 'Use `escale rollback` for the system instead.',
    exitCode: 1,
  },
  'pipeline-wrong-system': {
    title: 'The commit holds another system than the one that was asked for',
    explanation: 'The file in the folder that is to be delivered has another `name`.',
    next: 'Deliver it under its own name, or set `name` back.',
    exitCode: 1,
  },
  'pipeline-file-changed': {
    title: 'A build has changed the file of the system',
    explanation: 'A release is made of the file as it was committed, and of what `build` made beside it.',
    next: 'Commit the file as it should be, and let `build` leave it alone.',
    exitCode: 1,
  },
  'step-unknown': {
    title: 'The pipeline has no such step',
    explanation: 'The file’s `pipeline` has no step of this name.',
    next: 'Use one of the names that the message lists.',
    exitCode: 1,
  },
  'artifact-unknown': {
    title: 'There is no such artifact',
    explanation: 'No step of the run has kept a file of this name.',
    next: 'Look at what it kept: `escale pipeline show <number> --json`.',
    exitCode: 1,
  },
} satisfies Record<string, CatalogueEntry>;
