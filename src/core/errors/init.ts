import type { CatalogueEntry } from './catalogue.ts';

/** What can go wrong when a first file is written. */
export const INIT = {
  'init-exists': {
    title: 'A file is there already',
    explanation:
      '`escale init` never writes over a file unless it is told to, and a folder has one file only.',
    next: 'Run `escale init --force` to replace it.',
    exitCode: 1,
  },
  'init-nothing': {
    title: 'Nothing was recognised',
    explanation:
      '`escale init` looks, in the folder and in the folders below it, for Node (package.json with a start script or main, server.ts, index.js …), Python (requirements.txt, app.py, main.py, manage.py: Django, FastAPI, Flask) and files to serve (index.html in the folder, public, dist or site).',
    next: 'Add one of those (package.json with a start script, app.py, manage.py, index.html …), or write escale.yaml by hand: docs/reference/file.md.',
    exitCode: 1,
  },
  'init-name': {
    title: 'A name can’t be used',
    explanation:
      'The name of a system has lower case letters, digits and hyphens, begins with a letter, and is at most 40 long; `escale` is taken.',
    next: 'Give another one with --name.',
    exitCode: 2,
  },
} satisfies Record<string, CatalogueEntry>;
