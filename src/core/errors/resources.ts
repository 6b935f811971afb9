import type { CatalogueEntry } from './catalogue.ts';

/** What can go wrong with databases and other resources. */
export const RESOURCES = {
  'resource-unknown': {
    title: 'There is no such resource',
    explanation: 'The file of the system that runs declares no resource of this name.',
    next: 'Use one of the names that the message lists.',
    exitCode: 1,
  },
  'resource-program': {
    title: 'The program of a resource is not there',
    explanation:
      'PostgreSQL comes as an optional npm package for Linux on x64 and arm64. It was not installed, or there is none for this machine.',
    next: 'Install the packages again, with optional ones (`npm ci`), or name one that exists elsewhere with `external`.',
    exitCode: 1,
  },
  'resource-version': {
    title: 'The data is of another version',
    explanation:
      'A data folder can be read by one major version of its program only. Nothing of it was touched.',
    next: 'Start it with the version of Escale that made it, and copy the data with `pg_dump`; or restore a backup of this version.',
    exitCode: 1,
  },
  'resource-lost': {
    title: 'The data of a resource is not where it was',
    explanation:
      'Escale remembers which folder holds the data, and it is gone or not whole. It never starts with empty data instead.',
    next: 'Bring the folder back, or restore a backup.',
    exitCode: 1,
  },
  'resource-running': {
    title: 'A resource is in use',
    explanation:
      'What was asked needs its data folder alone, and a server, or what is left of one, still works there. Two never share one.',
    next: 'Stop it first: `escale down`.',
    exitCode: 1,
  },
  'resource-failed': {
    title: 'A program of a resource failed',
    explanation: 'Making or repairing a data folder takes programs of PostgreSQL; its last words are shown.',
    next: 'Read what it said; often the disk is full, or a folder may not be written.',
    exitCode: 1,
  },
  'resource-elsewhere': {
    title: 'The resource exists elsewhere',
    explanation: 'Escale uses it but does not run it (`external`), so it can’t copy or replace its data.',
    next: 'Use the tools of whoever runs it.',
    exitCode: 1,
  },
  // Looking into it.
  'database-away': {
    title: 'A database can’t be reached',
    explanation: 'It does not run, does not answer, or does not let Escale in; the message says which.',
    next: 'Look at `escale status`; for one that exists elsewhere, check its address.',
    exitCode: 1,
  },
  'database-refused': {
    title: 'A database refused a statement',
    explanation:
      'The message is the server’s own. Without `--write` a statement can’t change anything, and each time there is one statement.',
    next: 'Mend the statement.',
    exitCode: 1,
  },
  'table-unknown': {
    title: 'There is no such table or column',
    explanation: 'The database has no table, view or column of this name, as it is written.',
    next: 'Use one of the names that the message lists.',
    exitCode: 1,
  },
  // Backups.
  'backup-unknown': {
    title: 'There is no such backup',
    explanation: 'No folder of this name holds a backup.',
    next: 'Name one of those that are there.',
    exitCode: 1,
  },
  'backup-failed': {
    title: 'A backup was not made',
    explanation: 'The resource could not be copied; nothing of the try is kept.',
    next: 'Check that it runs (`escale status`) and that the disk has room, then try again.',
    exitCode: 1,
  },
  'backup-damaged': {
    title: 'A backup is not as it was taken',
    explanation:
      'A file of it is missing, cut, changed or too much. Nothing was restored, and nothing was touched.',
    next: 'Use another backup.',
    exitCode: 1,
  },
  'backup-version': {
    title: 'A backup is of another version',
    explanation: 'The files of a major version can be read by that version only. Nothing was touched.',
    next: 'Restore it with the version of Escale that made it.',
    exitCode: 1,
  },
} satisfies Record<string, CatalogueEntry>;
