import type { CatalogueEntry } from './catalogue.ts';

/** Hosts elsewhere, reached over SSH. */
export const TARGETS = {
  'target-address': {
    title: 'An address of a target can’t be used',
    explanation:
      'A target is reached by the system’s own `ssh`. Its address is a host, or an alias of `~/.ssh/config`, with a user and a port where they are needed. Words that `ssh` or a shell would take for something else are refused.',
    next: 'Write it like `ssh://deploy@prod.example.org`, `ssh://deploy@prod.example.org:2222` or `prod` (an alias).',
    exitCode: 2,
  },
  'target-name': {
    title: 'A name of a target can’t be used',
    explanation:
      'Files name targets (`environments: {production: {target: prod}}`), so their names follow the rules of all names there.',
    next: 'Choose a short name of lower case letters, such as `prod`.',
    exitCode: 2,
  },
  'target-unknown': {
    title: 'There is no target of this name',
    explanation:
      'An environment runs on processes of the control plane’s own host (`process`), on its Docker (`docker`), or on a target that was made known with `escale target add`.',
    next: '`escale target list` shows them; `escale target add NAME ssh://USER@HOST` makes one known.',
    exitCode: 2,
  },
  'target-exists': {
    title: 'A target of this name is there already',
    explanation: 'What runs in its environments is on that host: another host needs another name.',
    next: 'Choose another name, or remove that one first: `escale target remove NAME`.',
    exitCode: 1,
  },
  'target-away': {
    title: 'A target can’t be reached',
    explanation:
      'The connection over SSH is gone, or can’t be made. What runs there runs on, and is balanced, probed and replaced as before; nothing new is begun there until the host answers again. Other environments go on.',
    next: 'See that `ssh` reaches it by hand. Escale tries again by itself; `escale target list` says since when it is away.',
    exitCode: 1,
  },
  'target-host-key': {
    title: 'The key of a host is not known',
    explanation:
      'Who does not compare a host’s key may speak with somebody else. Escale takes no host on trust; it uses the keys that `ssh` knows (`~/.ssh/known_hosts`).',
    next: 'Sign in once by hand with `ssh`, and compare the fingerprint that it shows.',
    exitCode: 1,
  },
  'target-refused': {
    title: 'A target lets nobody in',
    explanation:
      'Escale signs in as `ssh` does by hand, with the keys, agents and jump hosts of the user that it runs as; nobody is there to type a password.',
    next: 'See that `ssh -o BatchMode=yes USER@HOST true` succeeds for the user that Escale runs as.',
    exitCode: 1,
  },
  'target-unfit': {
    title: 'A host can’t be a target',
    explanation:
      'A target is a Linux host of the same kind of processor with Docker, whose user may use Docker’s socket. Escale brings everything else along.',
    next: 'Mend what the message says, then do it again: what was sent already is not sent twice.',
    exitCode: 1,
  },
  'target-owned': {
    title: 'A target belongs to another Escale',
    explanation:
      'Two control planes that keep one host would undo each other’s work, so a host is stamped with the one that made it a target.',
    next: 'Remove it there first (`escale target remove`), or take it over with `escale target add … --take-over`: the other one is then turned away, and what runs there runs on.',
    exitCode: 1,
  },
  'target-in-use': {
    title: 'A target is in use',
    explanation: 'Something is up in an environment of that target.',
    next: 'Take it down first. Where the host is gone for good: `escale target remove NAME --forget`.',
    exitCode: 1,
  },
  'target-changed': {
    title: 'A system can’t move from one host to another while it is up',
    explanation:
      'Its addresses lead to the host that it runs on, and its data is there. A rollout replaces instances on one host; it does not move them.',
    next: 'Take it down there first, then deploy it: `escale down SYSTEM -e ENVIRONMENT`. Bring data along with `escale backup` and `escale restore`.',
    exitCode: 1,
  },
  'target-failed': {
    title: 'Escale does not start on a target',
    explanation: 'It was brought there and does not run as it should; the message is what it said.',
    next: 'Mend what the message says, then do it again. Its logs are in `~/.local/share/escale-target/logs` there.',
    exitCode: 1,
  },
  'target-lacks': {
    title: 'That does not work between hosts',
    explanation:
      'Services call each other through the gateway of their own host, which is not to be reached from another one.',
    next: 'Give the systems of an environment that call each other the same target.',
    exitCode: 1,
  },
} satisfies Record<string, CatalogueEntry>;
