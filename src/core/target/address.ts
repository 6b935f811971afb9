import { EscaleError } from '../errors/index.ts';
import { NAME, NAME_EXPECTED } from '../manifest/index.ts';

/** Where a target is, in the words of `ssh`: a host or an alias of `~/.ssh/config`; null leaves it to that file. */
export interface TargetAddress {
  host: string;
  user: string | null;
  port: number | null;
}

/** No word may begin with a hyphen (`ssh` would take it for an option) or hold what shells or `ssh` itself replace. */
const ADDRESS =
  /^(?:ssh:\/\/)?(?:(?<user>[A-Za-z0-9_][A-Za-z0-9._-]{0,63})@)?(?<host>[A-Za-z0-9_][A-Za-z0-9._-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(?::(?<port>[0-9]{1,5}))?\/?$/;

/** Names that a file gives to what this host has. */
const TAKEN_NAMES = ['process', 'docker', 'kubernetes'];

/** `ssh://deploy@prod.example.org:2222`, or an alias. Throws `target-address`. */
export function parseAddress(text: string): TargetAddress {
  const found = ADDRESS.exec(text)?.groups;
  const port = found?.port === undefined ? null : Number(found.port);
  if (found === undefined || (port !== null && (port === 0 || port > 65_535)))
    throw new EscaleError('target-address', `${JSON.stringify(text)} is no address of a host over SSH`);
  return { host: found.host!.replaceAll(/[[\]]/g, ''), user: found.user ?? null, port };
}

export function addressText({ host, user, port }: TargetAddress): string {
  const where = host.includes(':') ? `[${host}]` : host;
  return `ssh://${user === null ? '' : `${user}@`}${where}${port === null ? '' : `:${port}`}`;
}

/** Throws `target-name`. */
export function checkTargetName(name: string): void {
  if (!NAME.test(name))
    throw new EscaleError(
      'target-name',
      `${JSON.stringify(name)} is no name of a target: expected ${NAME_EXPECTED}`,
    );
  if (TAKEN_NAMES.includes(name))
    throw new EscaleError('target-name', `${name} already means something in a file: \`target: ${name}\``);
}
