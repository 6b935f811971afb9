import type { CatalogueEntry } from './catalogue.ts';

/** What can go wrong where others are told. */
export const NOTICES = {
  'webhook-unknown': {
    title: 'There is no such webhook',
    explanation: 'No webhook has this number. Numbers are never given again.',
    next: 'Look at `escale webhook list`.',
    exitCode: 1,
  },
  'webhook-wrong': {
    title: 'A webhook can’t be added',
    explanation:
      'An address begins with `https://` (`http://` only together with `--allow-inside`), has no name and no password in it, and there are 50 at most.',
    next: 'Write it like `https://hooks.example.org/escale`.',
    exitCode: 2,
  },
  'webhook-failed': {
    title: 'A webhook did not take a notice',
    explanation:
      'The address did not answer within 10 s with a status of 2xx. Redirects are not followed. Notices that wait are sent again and again for a day.',
    next: 'Look at what answers there, then `escale webhook test` again.',
    exitCode: 1,
  },
} satisfies Record<string, CatalogueEntry>;
