import type { CatalogueEntry } from './catalogue.ts';

/** What can go wrong while systems are delivered and run. */
export const RUNNING = {
  // Escale itself.
  'not-running': {
    title: 'Escale is not running here',
    explanation: 'The command asks something of a running Escale, and none runs for this `ESCALE_HOME`.',
    next: 'Start a system: `escale up` in its folder (or `npm start` in a clone of Escale).',
    exitCode: 1,
  },
  'start-failed': {
    title: 'Escale did not start',
    explanation: 'One of its processes ended or did not answer in time; its log file says more.',
    next: 'Read the log file that is named, and `escale doctor`.',
    exitCode: 1,
  },
  'port-taken': {
    title: 'A port is taken',
    explanation: 'Another program listens on the port that the gateway needs.',
    next: 'Stop what holds the port, or choose another one: ESCALE_HTTP_PORT=8081.',
    exitCode: 1,
  },
  'process-away': {
    title: 'One of Escale’s processes is away',
    explanation: 'It ended and is being started again, or it was never started. What runs goes on meanwhile.',
    next: 'Try again in a moment; if it stays away, look at `escale doctor`.',
    exitCode: 1,
  },
  'disk-full': {
    title: 'The disk is full',
    explanation:
      'Something had to be written down before it could be done. It was not done, and nothing was changed.',
    next: 'Free some space, then do it again.',
    exitCode: 1,
  },
  'route-unknown': {
    title: 'The API has no such route',
    explanation: 'The address or the method is not one of the API’s.',
    next: 'Check that the command and Escale itself have the same version.',
    exitCode: 1,
  },
  'body-too-large': {
    title: 'A request is too large',
    explanation: 'What was sent to one of Escale’s sockets is larger than it reads.',
    next: 'Send less.',
    exitCode: 1,
  },
  // Names.
  'system-unknown': {
    title: 'There is no such system',
    explanation: 'No system of this name was delivered here.',
    next: 'Look at `escale status`, or deliver it: `escale up` in its folder.',
    exitCode: 1,
  },
  'system-unnamed': {
    title: 'It is not clear which system is meant',
    explanation: 'The current folder belongs to none, and there are several.',
    next: 'Name one; `escale status` lists them.',
    exitCode: 2,
  },
  'system-down': {
    title: 'The system is not up',
    explanation: 'Only what runs can be changed like this.',
    next: 'Start it: `escale up`.',
    exitCode: 1,
  },
  'service-unknown': {
    title: 'There is no such service',
    explanation: 'The system has no service of this name.',
    next: 'Look at `escale status`.',
    exitCode: 1,
  },
  'service-unnamed': {
    title: 'It is not clear which service is meant',
    explanation: 'The system has several.',
    next: 'Name one, as `system/service`.',
    exitCode: 2,
  },
  'instance-unknown': {
    title: 'There is no such instance',
    explanation: 'It has ended, or it never was. Instances are replaced, and each has a name of its own.',
    next: 'Look at `escale status`.',
    exitCode: 1,
  },
  'release-unknown': {
    title: 'There is no such release',
    explanation: 'The number was never given, or the release is no longer kept.',
    next: 'Look at `escale status --json`.',
    exitCode: 1,
  },
  // Changes.
  'host-claimed': {
    title: 'A host belongs to another system',
    explanation:
      'Each host and path leads to one system. The second one that names it is refused before anything changes.',
    next: 'Name another host in `routes`, or take the other system down.',
    exitCode: 1,
  },
  'nothing-before': {
    title: 'There is no release to return to',
    explanation: 'No other release was ever promoted here before the one that runs.',
    next: 'Name one with `--to`, or deploy.',
    exitCode: 1,
  },
  'artifact-gone': {
    title: 'The files of a release are gone',
    explanation: 'The release is known, but its artifacts are not on this host any more.',
    next: 'Deploy it again from its commit.',
    exitCode: 1,
  },
  'scale-number': {
    title: 'Not a number of instances',
    explanation: 'A service has between 0 and 100 instances.',
    next: 'For example: `escale scale hello/web=5`.',
    exitCode: 2,
  },
  'scale-volume': {
    title: 'A service with a volume has one instance',
    explanation: 'Its folder can have one user at a time.',
    next: 'Keep its data in a resource if it needs several instances.',
    exitCode: 1,
  },
  'scale-every-node': {
    title: 'A service on every node has no number',
    explanation: 'It has as many instances as there are machines: `spread: every-node`.',
    next: 'Leave `spread` out and write `replicas` where it should have a number.',
    exitCode: 1,
  },
  'scale-automatic': {
    title: 'A cluster chooses the number of a service',
    explanation:
      'Its file gives a range: `replicas: {min, max}`. What was set by hand would be undone at once.',
    next: 'Change `min` and `max` in the file and deploy, or write one number there.',
    exitCode: 1,
  },
  'instance-start-failed': {
    title: 'An instance can’t be started',
    explanation: 'The program is not there, may not be executed, or the host refuses to start it.',
    next: 'Check that the program is installed on this host and that the command names it.',
    exitCode: 1,
  },
  'packages-failed': {
    title: 'Packages can’t be installed',
    explanation: 'The package manager failed; its last lines are shown. Nothing that runs was touched.',
    next: 'Run it by hand in the service’s folder, mend what it says, and try again.',
    exitCode: 1,
  },
  'link-escapes': {
    title: 'A link leads out of the service’s folder',
    explanation:
      'A release is its folder’s content; a link to elsewhere would make it depend on this machine.',
    next: 'Make it a file, or let the link point inside the folder.',
    exitCode: 1,
  },
  'source-too-large': {
    title: 'A folder has too many files',
    explanation: 'At most 100,000 files are delivered for a service.',
    next: 'Name the folders that do not belong to it in .gitignore.',
    exitCode: 1,
  },
  'source-changed': {
    title: 'A file changed while it was being delivered',
    explanation:
      'A release is what was read, file by file; one of them changed before it was copied. Nothing was delivered.',
    next: 'Do it again once nothing writes to the folder.',
    exitCode: 1,
  },
  'job-unknown': {
    title: 'There is no such job',
    explanation: 'The file of the system that runs has no job of this name.',
    next: 'Use one of the names that the message lists.',
    exitCode: 1,
  },
  'data-in-use': {
    title: 'Data is in use',
    explanation: 'What databases and volumes of a system keep can only be removed while it is down.',
    next: 'Take it down first: `escale down <system>`.',
    exitCode: 1,
  },
  'data-kept': {
    title: 'Data is only removed when that is asked twice',
    explanation: 'What databases and volumes keep stays when a system is taken down.',
    next: 'Say it twice: `escale down <system> --delete-data --yes`.',
    exitCode: 2,
  },
  'store-newer': {
    title: 'A newer version has written the store',
    explanation:
      'Each version of Escale brings the store forward; an older one can’t read it any more, and never guesses. Before that a copy is left beside it (`escale.db.before-…`).',
    next: 'Start the newer version, or stop Escale and put that copy in the place of `escale.db`.',
    exitCode: 1,
  },
  'server-running': {
    title: 'Escale runs here',
    explanation: 'What was asked for needs a home in which nothing runs.',
    next: 'Stop it: `escale server stop`.',
    exitCode: 1,
  },
  'ports-exhausted': {
    title: 'No port is left',
    explanation:
      'Instances get ports from 20000 to 29999, services and databases inside addresses from 30000 to 32699. All of them are held, by this Escale, by another one, or by other programs.',
    next: 'Take systems down that nobody needs, or stop what holds the ports.',
    exitCode: 1,
  },
} satisfies Record<string, CatalogueEntry>;
