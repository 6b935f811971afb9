import type { CatalogueEntry } from './catalogue.ts';

/** What can go wrong with databases and other resources. */
export const RESOURCES = {
  'resource-unknown': {
    title: 'There is no such resource',
    explanation: 'The file of the system that runs declares no resource of this name.',
    next: 'Use one of the names that the message lists.',
    exitCode: 1,
  },
  'job-unknown': {
    title: 'There is no such job',
    explanation: 'The file of the system that runs has no job of this name.',
    next: 'Use one of the names that the message lists.',
    exitCode: 1,
  },
  'data-kept': {
    title: 'Data is only removed when that is asked twice',
    explanation: 'What databases and volumes keep stays when a system is taken down.',
    next: 'Say it twice: `escale down <system> --delete-data --yes`.',
    exitCode: 2,
  },
} satisfies Record<string, CatalogueEntry>;
