import type { CatalogueEntry } from './catalogue.ts';

/** What can go wrong with databases and other resources. */
export const RESOURCES = {
  'resource-unknown': {
    title: 'There is no such resource',
    explanation: 'The file of the system that runs declares no resource of this name.',
    next: 'Use one of the names that the message lists.',
    exitCode: 1,
  },
} satisfies Record<string, CatalogueEntry>;
