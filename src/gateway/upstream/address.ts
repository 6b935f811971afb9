import type { Address } from '../../core/contracts/index.ts';

/** For messages and Host fields: `127.0.0.1:8000`, `[::1]:8000` or `localhost` for a unix socket. */
export function authorityOf(address: Address): string {
  if ('path' in address) return 'localhost';
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** Whether a connection failed because nothing came back: no refusal, no way. */
export function isUnreachable(error: NodeJS.ErrnoException | null): boolean {
  return ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'].includes(error?.code ?? '');
}

/** Do both name the same socket? */
export function isSameAddress(a: Address, b: Address): boolean {
  if ('path' in a || 'path' in b) return 'path' in a && 'path' in b && a.path === b.path;
  return a.host === b.host && a.port === b.port;
}

/** Options of `net.connect` for `address`. */
export function connectOptions(address: Address): { path: string } | { host: string; port: number } {
  return 'path' in address ? { path: address.path } : { host: address.host, port: address.port };
}
