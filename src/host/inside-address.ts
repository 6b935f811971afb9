import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { EscaleError } from '../core/errors/index.ts';

/**
 * Addresses that only this host or its network reaches (IANA special-purpose registries, RFC 6890): whoever sets an
 * address that the server calls must not reach through it what they could not reach themselves.
 */
const INSIDE = new BlockList();
for (const [net, prefix] of [
  ...[
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ],
  ...[
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
  ],
  ...[
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 3],
  ],
] as [string, number][])
  INSIDE.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ...[
    ['::', 96],
    ['64:ff9b::', 96],
    ['64:ff9b:1::', 48],
    ['100::', 64],
    ['2001::', 23],
    ['2001:db8::', 32],
  ],
  ...[
    ['2002::', 16],
    ['fc00::', 7],
    ['fe80::', 9],
    ['ff00::', 8],
  ],
] as [string, number][])
  INSIDE.addSubnet(net, prefix, 'ipv6');

/** Whether an IP address is one of this host or its network, or none that could be outside. */
export function isInsideAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  const version = isIP(plain);
  if (version === 0) return true;
  return INSIDE.check(plain, version === 4 ? 'ipv4' : 'ipv6');
}

/** The addresses of a host; to be connected to as they are, so that a name that changes meanwhile does not matter. Throws `address-inside`, `address-unknown`. */
export async function outsideAddresses(host: string, allowInside: boolean): Promise<string[]> {
  const name = host.replace(/^\[|\]$/g, '');
  const found = await lookup(name, { all: true }).catch(() => []);
  if (found.length === 0) throw new EscaleError('address-unknown', `the name ${name} leads to no address`);
  const addresses = found.map(({ address }) => address);
  if (!allowInside && addresses.some(isInsideAddress))
    throw new EscaleError('address-inside', `${name} is an address of this host or its network`);
  return addresses;
}
