import type { CatalogueEntry } from './catalogue.ts';

/** What can go wrong between a commit and an environment. */
export const DELIVERY = {
  'git-failed': {
    title: 'git could not do it',
    explanation:
      'Escale uses git for repositories that are pushed to it. It is missing, or it failed with the words above.',
    next: 'Look at what git says; `git fsck` in the repository tells whether it is damaged.',
    exitCode: 1,
  },
  'repository-name': {
    title: 'A name of a repository can’t be used',
    explanation:
      'A repository has a name of lower case letters, digits and hyphens, beginning with a letter, at most 40 long; `.git` behind it may be left out.',
    next: 'Push to an address such as `…/git/tasks`.',
    exitCode: 2,
  },
  'repository-unknown': {
    title: 'There is no such repository',
    explanation:
      'Nothing was pushed under this name yet. A repository is made by the first push of somebody who may deploy.',
    next: 'Push to it: `git push escale main`.',
    exitCode: 1,
  },
  'release-dev': {
    title: 'A release of an uncommitted tree can’t be promoted',
    explanation:
      'It was made of files that no commit has, so nobody could ever make it again. Only releases of a commit go on to other environments.',
    next: 'Commit, then push or deploy again.',
    exitCode: 1,
  },
  'promotion-refused': {
    title: 'This release can’t be promoted there',
    explanation:
      'A release comes to an environment only from the one that its rules name (`promoteFrom`), and only after it was taken there.',
    next: 'Look at `escale status`; promote along the way that the rules say.',
    exitCode: 1,
  },
  'approval-unknown': {
    title: 'There is no such approval',
    explanation:
      'No release waits for an approval under this number: it was decided already, or a newer one took its place.',
    next: 'Look at `escale approve`.',
    exitCode: 1,
  },
  'system-elsewhere': {
    title: 'The system belongs to another repository',
    explanation:
      'A system is delivered from the repository that brought it first: whoever may push to one repository must not replace what another one delivers.',
    next: 'Give the system another name, or push to its own repository.',
    exitCode: 1,
  },
} satisfies Record<string, CatalogueEntry>;
