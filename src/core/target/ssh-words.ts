import { EscaleError } from '../errors/index.ts';
import type { TargetAddress } from './address.ts';

/** A unix socket of ours that leads to one of the target. */
export interface Forward {
  from: string;
  to: string;
}

/**
 * What makes `ssh` a program's tool and not a person's: it asks nothing, gives up in bounded time, takes no host that is
 * not known, and shares no connection with anybody. Everything else (keys, agents, jump hosts) is the user's configuration.
 */
const SETTINGS = [
  'BatchMode=yes',
  'StrictHostKeyChecking=yes',
  'ConnectTimeout=10',
  'ServerAliveInterval=5',
  'ServerAliveCountMax=3',
  'ControlMaster=no',
  'ControlPath=none',
  'ForwardAgent=no',
  'ForwardX11=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'EscapeChar=none',
  'ExitOnForwardFailure=no',
  'StreamLocalBindUnlink=yes',
  'LogLevel=ERROR',
];

/** The words after `ssh` that run a command on a target. */
export function sshWords(
  { host, user, port }: TargetAddress,
  command: string[],
  forward: Forward | null = null,
): string[] {
  return [
    '-T',
    ...SETTINGS.flatMap((setting) => ['-o', setting]),
    ...(forward === null ? [] : ['-L', `${forwarded(forward.from)}:${forwarded(forward.to)}`]),
    ...(port === null ? [] : ['-p', String(port)]),
    '--',
    user === null ? host : `${user}@${host}`,
    command.map(quoted).join(' '),
  ];
}

/** `ssh` takes these letters of a path for something else. */
function forwarded(socket: string): string {
  if (!/[:%$\n\0]/.test(socket)) return socket;
  throw new EscaleError('target-unfit', `no way through \`ssh\` can lead to ${JSON.stringify(socket)}`, {
    next: 'Use home folders without colons, percent and dollar signs.',
  });
}

/**
 * A word as any login shell takes it, letter by letter (sh, bash, zsh, fish, csh). Throws `target-unfit` for letters that
 * they quote differently; Escale's own words have none.
 */
export function quoted(word: string): string {
  if (/['\\\n\r\0!]/.test(word))
    throw new EscaleError('target-unfit', `${JSON.stringify(word)} can't be said to every shell`, {
      next: 'Use a home folder without quotes, backslashes and exclamation marks on that host.',
    });
  return `'${word}'`;
}
