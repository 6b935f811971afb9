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
  'kubernetes-impossible': {
    title: 'A cluster has no words for something in the file',
    explanation:
      'What is rendered for Kubernetes does what the file says, or is not rendered. The message names each place that it can’t be said for, or not with the chosen way in.',
    next: 'Change these places in the file, or choose another way in with `--routing`.',
    exitCode: 1,
  },
  'kubernetes-choice': {
    title: 'An option for Kubernetes can’t be used',
    explanation:
      'Names of namespaces and Gateways are those of Kubernetes (lower case letters, digits and hyphens, at most 63); sizes of volumes are written like `10Gi`; images are what `escale image push --json` wrote.',
    next: 'Write it as the message says.',
    exitCode: 2,
  },
} satisfies Record<string, CatalogueEntry>;
