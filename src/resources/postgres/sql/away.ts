import { DatabaseError } from 'pg';
import { type Door, placeOf } from './door.ts';

/** Why a database can't be used, for people, without secrets: `nothing listens on 127.0.0.1:20001`. */
export function reasonFor(error: unknown, door: Door): string {
  if (error instanceof DatabaseError) return reasonOfServer(error, door);
  const { code, message } = error as NodeJS.ErrnoException;
  return SYSTEM[code ?? '']?.(door) ?? reasonOfClient(message, door);
}

/** Whether the server, or the way to it, is the problem, and not the statement. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return true;
  return AWAY.some((start) => error.code?.startsWith(start));
}

/** SQLSTATEs, or their classes: connection, log-in, no such database, too many, shutting down (postgresql.org/docs/18/errcodes-appendix.html). */
const AWAY = ['08', '28', '3D000', '53300', '57P0'];

function reasonOfServer({ code, message }: DatabaseError, { user, database }: Door): string {
  switch (code) {
    case '57P03':
      return STARTING.find(([text]) => message.includes(text))?.[1] ?? message;
    case '57P01':
    case '57P02':
      return 'was stopped meanwhile';
    case '28P01':
      return `refuses the password of ${user}`;
    case '28000':
    case '42501':
      return `does not let ${user} in to ${database}: ${message}`;
    case '3D000':
      return `has no database ${database}`;
    case '53300':
      return 'has no connection left: all that it allows are in use';
    default:
      return message;
  }
}

/** backend_startup.c, 18. */
const STARTING: [string, string][] = [
  ['starting up', 'is starting up'],
  ['shutting down', 'is shutting down'],
  ['recovery', 'is recovering after a crash'],
  ['not yet accepting', 'is recovering after a crash'],
];

const SYSTEM: Record<string, (door: Door) => string> = {
  ECONNREFUSED: (door) => `nothing listens on ${placeOf(door)}`,
  ENOTFOUND: ({ host }) => `the name ${host} is not known`,
  EAI_AGAIN: ({ host }) => `the name ${host} can't be looked up now`,
  EHOSTUNREACH: ({ host }) => `no way leads to ${host}`,
  ENETUNREACH: ({ host }) => `no way leads to ${host}`,
  ECONNRESET: (door) => `${placeOf(door)} ended the connection`,
  ETIMEDOUT: (door) => `${placeOf(door)} does not answer`,
  DEPTH_ZERO_SELF_SIGNED_CERT: certificate,
  SELF_SIGNED_CERT_IN_CHAIN: certificate,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificate,
  CERT_HAS_EXPIRED: certificate,
  ERR_TLS_CERT_ALTNAME_INVALID: certificate,
};

function certificate(door: Door): string {
  return `the certificate of ${placeOf(door)} can't be trusted`;
}

/** pg's own errors have texts only. */
function reasonOfClient(message: string, door: Door): string {
  if (message.includes('timeout')) return `${placeOf(door)} does not answer in time`;
  if (message.includes('does not support SSL')) return `${placeOf(door)} offers no TLS`;
  if (message.includes('terminated unexpectedly')) return `${placeOf(door)} ended the connection`;
  if (message.includes('password must be')) return `${placeOf(door)} wants a password, and there is none`;
  return `${placeOf(door)}: ${message}`;
}
