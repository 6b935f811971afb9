import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { ResourceAt, ResourceEntry } from '../../../core/contracts/index.ts';
import { READER, SUPERUSER } from '../../../core/postgres/index.ts';
import { accessOf } from '../data/access.ts';
import { namesOf } from '../data/folder.ts';

/** Where and as whom a database is entered. Holds a password. */
export interface Door {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** Ways to try one after the other: TLS as it says, or none. */
  tls: (ConnectionOptions | false)[];
  /** More of what the server is told at the start: `options`. */
  options: string | undefined;
}

export type Role = 'superuser' | 'owner' | 'reader';

/** The door for a role; one that exists elsewhere has the role of its address only. Throws a plain `Error` for a wrong address. */
export function doorOf(at: ResourceAt, role: Role): Door {
  if (at.external !== null) return doorElsewhere(at.external);
  if (at.entry !== undefined) return doorThrough(at.entry, role);
  const { user, database } = namesOf(at);
  return {
    host: '127.0.0.1',
    port: at.port,
    user: { superuser: SUPERUSER, owner: user, reader: READER }[role],
    password: accessOf(at.folder)[role],
    database,
    tls: [false],
    options: undefined,
  };
}

function doorThrough({ sockets, user, database, passwords }: ResourceEntry, role: Role): Door {
  return {
    ...{ host: sockets, port: 5432, database, tls: [false], options: undefined },
    user: { superuser: SUPERUSER, owner: user, reader: READER }[role],
    password: passwords[role],
  };
}

/** Says which one it is, for people: no password in it. */
export function placeOf({ host, port }: Door): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The door of an address as libpq understands it (postgresql.org/docs/18/libpq-connect.html, URIs). */
export function doorElsewhere(address: string): Door {
  const url = URL.parse(address);
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol) || url.hostname === '')
    throw new Error(
      'its address can’t be read: it should look like postgres://user:password@host:5432/database',
    );
  const user = decodeURIComponent(url.username);
  return {
    host: decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 5432),
    user,
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || user,
    tls: tlsOf(url.searchParams),
    options: url.searchParams.get('options') ?? undefined,
  };
}

/** libpq's modes: `require` encrypts without looking at the certificate, `prefer` (the default) takes what there is. */
function tlsOf(parameters: URLSearchParams): Door['tls'] {
  const mode = parameters.get('sslmode') ?? 'prefer';
  const files = tlsFiles(parameters);
  const unchecked = { ...files, rejectUnauthorized: false };
  switch (mode) {
    case 'disable':
      return [false];
    case 'allow':
      return [false, unchecked];
    case 'prefer':
      return [unchecked, false];
    case 'require':
    case 'no-verify':
      return [files.ca === undefined ? unchecked : withoutName(files)];
    case 'verify-ca':
      return [withoutName(files)];
    case 'verify-full':
      return [files];
    default:
      throw new Error(`its address says sslmode=${mode}, which is not one of libpq's`);
  }
}

function withoutName(files: ConnectionOptions): ConnectionOptions {
  return { ...files, checkServerIdentity: () => undefined };
}

function tlsFiles(parameters: URLSearchParams): ConnectionOptions {
  const named = { ca: 'sslrootcert', cert: 'sslcert', key: 'sslkey' };
  const found = Object.entries(named).flatMap(([option, parameter]) => {
    const file = parameters.get(parameter);
    return file === null || file === 'system' ? [] : [[option, readFileSync(file, 'utf8')]];
  });
  return Object.fromEntries(found);
}
