import type { CatalogueEntry } from './catalogue.ts';

/** What can go wrong when files for other tools are written. */
export const RENDER = {
  'render-exists': {
    title: 'A file is there that Escale did not make',
    explanation:
      'What Escale renders begins with a comment that says so. A file without it is somebody’s work, and is not written over unless that is asked for. Nothing was written.',
    next: 'Move it away, add `--force`, or write somewhere else with `--output`.',
    exitCode: 1,
  },
  'render-stale': {
    title: 'A rendered file is not current',
    explanation:
      'With `--check` nothing is written: what is there is compared with what the system’s file says now. The files differ or are missing.',
    next: 'Run the command without `--check`, and commit what it writes.',
    exitCode: 1,
  },
  'render-unknown': {
    title: 'There is nothing of that kind to render',
    explanation: 'Pipelines are written for the CI systems that the message names.',
    next: 'Use one of the names.',
    exitCode: 2,
  },
} satisfies Record<string, CatalogueEntry>;
