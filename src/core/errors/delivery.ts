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
  'address-inside': {
    title: 'An address inside',
    explanation:
      'The server itself calls addresses of webhooks and of repositories that it follows. One of this host or its network could make it reach what its author can’t reach.',
    next: 'Use an address outside, or let an admin say `--allow-inside`.',
    exitCode: 1,
  },
  'address-unknown': {
    title: 'A name that leads nowhere',
    explanation: 'The name of the host has no address.',
    next: 'Check how it is written, and that this host can resolve names.',
    exitCode: 1,
  },
  'address-wrong': {
    title: 'An address that can’t be used',
    explanation:
      'Repositories are followed over `https` (or `http`), without a user or password in the address: a token is given apart, so that it is stored encrypted.',
    next: 'Write it like `https://git.example.org/team/tasks.git`, and give the token on the input with `--token`.',
    exitCode: 2,
  },
  'hook-refused': {
    title: 'A call of a webhook that does not prove where it comes from',
    explanation: 'Its signature or token is missing, or was not made with the secret of this repository.',
    next: 'Set the secret that `escale repository hook NAME` prints at the sender.',
    exitCode: 1,
  },
} satisfies Record<string, CatalogueEntry>;
