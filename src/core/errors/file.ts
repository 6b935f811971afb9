import type { CatalogueEntry } from './catalogue.ts';

/** What can go wrong in a system's file. */
export const FILE = {
  // The file as a whole.
  'file-missing': {
    title: 'No file describes a system here',
    explanation:
      'Escale looks for `escale.yaml`, `escale.yml` or `escale.config.ts` in the folder and in the folders above it, up to the root of the git repository.',
    next: 'Run `escale init` to write a first one, or name its folder.',
    exitCode: 1,
  },
  'file-twice': {
    title: 'Two files describe the system',
    explanation:
      'A folder has one of `escale.yaml`, `escale.yml` and `escale.config.ts`; with two of them nobody knows which one is meant.',
    next: 'Remove one of them.',
    exitCode: 1,
  },
  'file-unreadable': {
    title: 'The file can’t be read',
    explanation: 'The file exists, but it is a folder, is not readable for this user, or is not UTF-8 text.',
    next: 'Check what it is and who may read it.',
    exitCode: 1,
  },
  'file-invalid': {
    title: 'The file has mistakes',
    explanation:
      'Every mistake of the file is told at once, each with its own code below. Nothing was started or changed.',
    next: 'Mend what is listed, then run `escale check`.',
    exitCode: 1,
  },
  'file-empty': {
    title: 'The file is empty',
    explanation: 'It has no content, or comments only.',
    next: 'Run `escale init --force` to write a first one.',
    exitCode: 1,
  },
  'file-too-large': {
    title: 'The file is too large',
    explanation:
      'A file has at most 1 MiB, 20,000 values (aliases counted each time they are used) and 32 levels.',
    next: 'Make it smaller. Generated parts belong into a TypeScript file’s code, not into its result.',
    exitCode: 1,
  },
  'too-many-mistakes': {
    title: 'More mistakes than are shown',
    explanation: 'The first hundred mistakes are told.',
    next: 'Mend those first.',
    exitCode: 1,
  },
  // YAML.
  'yaml-syntax': {
    title: 'Not YAML',
    explanation: 'The text is not one document of YAML 1.2. Custom tags and unknown aliases are refused too.',
    next: 'Look at the line that is named, and the one before it.',
    exitCode: 1,
  },
  'yaml-tab': {
    title: 'A tab indents a line',
    explanation: 'YAML allows spaces only in front of a line.',
    next: 'Replace the tab with spaces.',
    exitCode: 1,
  },
  'double-key': {
    title: 'A key is there twice',
    explanation: 'A map has each key once. Other tools silently take the last one; Escale asks.',
    next: 'Remove or rename one of them.',
    exitCode: 1,
  },
  'wrong-key': {
    title: 'A key is no text',
    explanation: 'Keys are texts. YAML reads `8080:` as a number and `true:` as a boolean.',
    next: 'Write the key in quotes.',
    exitCode: 1,
  },
  // TypeScript.
  'script-failed': {
    title: 'The TypeScript file could not be evaluated',
    explanation:
      'It has a syntax error, threw an error, took longer than 10 seconds, said too much, or wanted what it may not: `escale.config.ts` is evaluated without environment variables, network, other programs, and files outside its folder.',
    next: 'Mend the line that is named. It may import modules and JSON of its own folder, and `escale`.',
    exitCode: 1,
  },
  'script-value': {
    title: 'The TypeScript file exports something that is not plain data',
    explanation:
      'What it exports by default is written down as JSON: texts, numbers, booleans, lists and maps. Functions, dates, `undefined` in lists, circles and class instances can’t be.',
    next: 'Export plain data: `export default defineSystem({ … })`.',
    exitCode: 1,
  },
  // What it says.
  'unknown-key': {
    title: 'A key is not known',
    explanation:
      'Keys that Escale does not know are refused, never ignored: a typing mistake would otherwise change nothing, silently.',
    next: 'Use the nearest valid name, or remove it.',
    exitCode: 1,
  },
  'missing-key': {
    title: 'A key is missing',
    explanation: 'Something without which the system can’t run is not there.',
    next: 'Add it.',
    exitCode: 1,
  },
  'wrong-value': {
    title: 'A value is not what is expected',
    explanation: 'The value has the wrong kind or is out of its range; the message says what was expected.',
    next: 'Write a value of the kind that is expected.',
    exitCode: 1,
  },
  'not-built': {
    title: 'Not built yet',
    explanation:
      'The key or value belongs to Escale’s design and is not built in this version. It is refused, so that nobody relies on something that does nothing.',
    next: 'Leave it out for now.',
    exitCode: 1,
  },
  'wrong-name': {
    title: 'A name can’t be used',
    explanation:
      'Names of systems, services and environments become parts of host names, folders and metrics: lower case letters, digits and hyphens, beginning with a letter, at most 40 long.',
    next: 'Rename it.',
    exitCode: 1,
  },
  'wrong-command': {
    title: 'A command can’t be run',
    explanation:
      'A command is split into words and started without a shell. `&&`, `|`, `>`, `*`, `$NAME` and the like mean something to a shell only, and are refused rather than handed to the program. The placeholders of `HOST` and `PORT` (with braces) are filled in.',
    next: "Write `['sh', '-c', '…']` where you want a shell; quote what is meant literally.",
    exitCode: 1,
  },
  'wrong-source': {
    title: 'A source folder can’t be used',
    explanation:
      'A service’s `source` is an existing folder below the file, also after its links are followed.',
    next: 'Name a folder such as `./web`.',
    exitCode: 1,
  },
  'wrong-variable': {
    title: 'An environment variable can’t be set',
    explanation:
      'Names have letters, digits and underscores. `HOST`, `PORT`, `DATA_DIR`, `ESCALE_…` and the addresses of used services (`API_URL`) are set by Escale.',
    next: 'Rename or remove it.',
    exitCode: 1,
  },
  contradiction: {
    title: 'Two keys contradict each other',
    explanation:
      'Each is right alone, but not both: a command and static files, a probe without a port, a volume shared by several instances.',
    next: 'Decide for one of them.',
    exitCode: 1,
  },
  'unknown-service': {
    title: 'A service is named that does not exist',
    explanation:
      'A name in `uses` is none of `services` and `resources`, or one in `routes` or an environment none of `services`.',
    next: 'Use the nearest valid name.',
    exitCode: 1,
  },
  'wrong-use': {
    title: 'A service can’t be used like this',
    explanation: 'A worker (no port) can’t be called, and each used service is in the list once.',
    next: 'Give the used service a port, or take it out of the list.',
    exitCode: 1,
  },
  'wrong-schedule': {
    title: 'A schedule can’t be used',
    explanation:
      'A schedule has the five fields of cron (minute, hour, day of month, month, day of week) or is a word such as `@daily`; a time zone is one of the tz database, such as `Europe/Paris`.',
    next: 'Write it like `0 3 * * *`.',
    exitCode: 1,
  },
  'wrong-address': {
    title: 'An address of a resource can’t be used',
    explanation: '`external` is the address of a database that exists elsewhere: scheme, host and database.',
    next: 'Write it like `postgres://user:password@db.example.org:5432/tasks`.',
    exitCode: 1,
  },
  'wrong-secret': {
    title: 'A secret is named wrongly, or where none can stand',
    explanation:
      '`${secret.NAME}` stands in the `env` of services and jobs and in the `external` of resources, also as a part of a text. Anywhere else it would end in plain sight: a command is in the list of processes, a path in logs.',
    next: 'Write it like `${secret.API_KEY}`, in `env` or `external`.',
    exitCode: 1,
  },
  'unknown-job': {
    title: 'A job is named that does not exist',
    explanation: 'An environment changes a job that is not one of `jobs`.',
    next: 'Use the nearest valid name.',
    exitCode: 1,
  },
  'unknown-resource': {
    title: 'A resource is named that does not exist',
    explanation: 'An environment changes a resource that is not one of `resources`.',
    next: 'Use the nearest valid name.',
    exitCode: 1,
  },
  'uses-cycle': {
    title: 'Services use each other in a circle',
    explanation: 'Used services are started first; a circle has no first one.',
    next: 'Take one of the uses out.',
    exitCode: 1,
  },
  'wrong-route': {
    title: 'A route can’t be used',
    explanation: 'A route is a host, or a host and a plain path prefix, and leads to a service with a port.',
    next: 'Write it like `tasks.localhost` or `tasks.localhost/api`.',
    exitCode: 1,
  },
  'host-twice': {
    title: 'A host is claimed twice',
    explanation:
      'The same host and prefix lead to two services, as written or after an environment’s mapping of hosts.',
    next: 'Give one of them another host or prefix.',
    exitCode: 1,
  },
  'unknown-host': {
    title: 'An environment maps a host that no route has',
    explanation:
      '`environments.<name>.routes` maps hosts of `routes` to what they are called in that environment.',
    next: 'Use a host of `routes`.',
    exitCode: 1,
  },
  'unknown-environment': {
    title: 'The system has no such environment',
    explanation: '`local` is always there; others are those under `environments`.',
    next: 'Name one of them.',
    exitCode: 2,
  },
} satisfies Record<string, CatalogueEntry>;
