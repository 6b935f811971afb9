import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CLUSTER_OPTIONS, rolesSql, SUPERUSER, serverSettings } from '../../../core/postgres/index.ts';
import type { PostgresPackage } from '../../../host/index.ts';
import { folderEntries } from '../layers/index.ts';
import type { Entry } from '../tar/index.ts';

/** Who the server runs as, and its group: the same number as in the official image on Debian. */
const USER = 999;
/** What the official image calls it, so that it finds what this one has made. */
export const dataFolder = (major: string) => `${VOLUME}/${major}/docker`;
const VOLUME = '/var/lib/postgresql';
const SOCKETS = '/var/run/postgresql';
export const SERVER_USER = `${USER}:${USER}`;

/** Where PostgreSQL's programs are, as in Debian. */
export const programsFolder = (major: string) => `usr/lib/postgresql/${major}`;

/** What is for building other programs, and the client's library of another language. */
const FOR_BUILDERS = /\.a$|^lib\/(?:pkgconfig|libecpg|libpgtypes)|^lib\/postgresql\/pgxs$/;

/** PostgreSQL as npm has brought it, with the links that its package makes in a script. */
export function serverEntries({ folder, major }: PostgresPackage): Entry[] {
  const native = path.join(folder, 'native');
  const to = programsFolder(major);
  const leaveOut = (name: string) => FOR_BUILDERS.test(name) || name === LINKS;
  const files = folderEntries({ from: native, to, leaveOut, link: () => null });
  const links = JSON.parse(readFileSync(path.join(native, LINKS), 'utf8')) as Link[];
  return [...files, ...links.map(({ source, target }) => linkEntry(to, source, target))].filter(
    (entry) => !FOR_BUILDERS.test(entry.path.slice(to.length + 1)),
  );
}

const LINKS = 'pg-symlinks.json';

interface Link {
  /** `native/lib/libicuuc.so.60.2`. */
  source: string;
  /** `native/lib/libicuuc.so.60`. */
  target: string;
}

function linkEntry(to: string, source: string, target: string): Entry {
  return {
    path: `${to}/${target.slice('native/'.length)}`,
    type: 'link',
    target: path.posix.relative(path.posix.dirname(target), source),
  };
}

/** The entry and the probe, what they read, and the shell that `initdb` needs. */
export function ownEntries(): Entry[] {
  return [
    file('usr/local/bin/escale-postgres', script('start.sh'), 0o755),
    file('usr/local/bin/pg_isready', script('pg_isready.sh'), 0o755),
    file(`${FILES}/escale.conf`, serverSettings({ listen: '*', sockets: SOCKETS })),
    file(`${FILES}/pg_hba.conf`, ADMISSION),
    file(`${FILES}/roles.sql`, lines(rolesSql({ user: 'app', database: 'app' }))),
    file(`${FILES}/initdb.options`, lines(CLUSTER_OPTIONS)),
    file('etc/passwd', PASSWD),
    file('etc/group', GROUP),
    // Whoever runs it owns what is in it; volumes take their rights from it where nobody says more.
    { path: VOLUME.slice(1), type: 'folder', mode: 0o1777 },
    { path: 'run/postgresql', type: 'folder', mode: 0o1777 },
    { path: 'var/run', type: 'link', target: '/run' },
    ...APPLETS.map((name): Entry => ({ path: `usr/bin/${name}`, type: 'link', target: 'busybox' })),
  ];
}

const FILES = 'usr/share/escale/postgres';

/** What the scripts call, and what people look around with. */
const APPLETS = [
  ...['sh', 'cat', 'cmp', 'cp', 'cut', 'grep', 'mkdir', 'mv', 'nc', 'rm', 'sed', 'sha256sum', 'sync'],
  ...['sleep', 'df', 'du', 'id', 'less', 'ls', 'ps'],
];

/** Whoever is in the container may read the files anyway; from elsewhere nobody comes in without a password. */
const ADMISSION = `# Escale's, rewritten at each start.
local all all trust
host all all all scram-sha-256
host replication ${SUPERUSER} 127.0.0.1/32 scram-sha-256
`;

const PASSWD = `root:x:0:0:root:/root:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
postgres:x:${USER}:${USER}:PostgreSQL:${VOLUME}:/bin/sh
`;
const GROUP = `root:x:0:
nogroup:x:65534:
postgres:x:${USER}:
`;

function file(path: string, text: string, mode = 0o644): Entry {
  return { path, type: 'file', mode, content: { bytes: Buffer.from(text) } };
}

function script(name: string): string {
  return readFileSync(path.join(import.meta.dirname, name), 'utf8');
}

function lines(all: string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
