import { type ErrorCode, EscaleError } from '../errors/index.ts';
import { addressText, type TargetAddress } from './address.ts';

interface Meaning {
  says: RegExp;
  code: ErrorCode;
  message: (where: string) => string;
  next?: (word: string) => string;
}

/** What `ssh` says, and what it means. The first that fits counts. */
const MEANINGS: Meaning[] = [
  {
    says: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    code: 'target-host-key',
    message: (where) => `${where} has another host key than the one that is known`,
    next: (word) =>
      `Ask whoever keeps that host whether its key was changed; if it was: \`ssh-keygen -R\` forgets the old one, \`ssh ${word}\` shows the new one.`,
  },
  {
    says: /Host key verification failed|No .* host key is known/,
    code: 'target-host-key',
    message: (where) => `the host key of ${where} is not known here`,
    next: (word) =>
      `Sign in once by hand, as the user that Escale runs as, and compare the fingerprint: \`ssh ${word}\`.`,
  },
  {
    says: /Permission denied/,
    code: 'target-refused',
    message: (where) => `${where} lets nobody in with the keys that \`ssh\` has here`,
    next: (word) =>
      `Bring a key there (\`ssh-copy-id ${word}\`), and see that it needs no passphrase that nobody is there to type: \`ssh -o BatchMode=yes ${word} true\` must succeed.`,
  },
  {
    says: /Could not resolve hostname/,
    code: 'target-away',
    message: (where) => `nobody knows the host of ${where}`,
    next: () => 'Mend the name in the address, or make an alias of it in `~/.ssh/config`.',
  },
];

/** Why `ssh` could not connect (it then exits with 255), as people read it. */
export function sshProblem(address: TargetAddress, said: string): EscaleError {
  const where = addressText(address);
  const found = MEANINGS.find(({ says }) => says.test(said));
  const word = wordOf(address);
  if (found !== undefined)
    return new EscaleError(found.code, found.message(where), {
      ...(found.next && { next: found.next(word) }),
    });
  const last = said.trim().split('\n').at(-1)?.trim() || 'the connection ended';
  return new EscaleError('target-away', `${where} can't be reached: ${last}`);
}

/** As somebody types it after `ssh`. */
function wordOf({ host, user, port }: TargetAddress): string {
  return `${port === null ? '' : `-p ${port} `}${user === null ? '' : `${user}@`}${host}`;
}
