import type { Entry } from '../tar/index.ts';

/** What Debian's packages would make by their scripts when they are installed, and what every container expects. */
export function ownFiles(certificates: { path: string; bytes: Buffer }[]): Entry[] {
  return [
    ...LINKS.map(([path, target]): Entry => ({ path: path!, type: 'link', target: target! })),
    ...FOLDERS.map(([path, mode]): Entry => ({ path, type: 'folder', mode })),
    text('etc/passwd', PASSWD),
    text('etc/group', GROUP),
    text('etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n'),
    text('etc/ssl/certs/ca-certificates.crt', bundle(certificates)),
  ];
}

/** One tree of programs and libraries, as in Debian since 12. */
const LINKS = ['bin', 'sbin', 'lib', 'lib64'].map((name) => [name, `usr/${name}`]);

const FOLDERS: [string, number][] = [
  ...(['dev', 'etc', 'home', 'proc', 'run', 'sys', 'usr', 'usr/bin', 'usr/sbin'] as const).map(
    (path): [string, number] => [path, 0o755],
  ),
  ...(['usr/lib', 'usr/lib64', 'var', 'var/lib', 'usr/local', 'usr/local/bin'] as const).map(
    (path): [string, number] => [path, 0o755],
  ),
  ['root', 0o700],
  ['tmp', 0o1777],
  ['var/tmp', 0o1777],
];

const PASSWD = `root:x:0:0:root:/root:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
nonroot:x:65532:65532:nonroot:/tmp:/usr/sbin/nologin
`;
const GROUP = `root:x:0:
nogroup:x:65534:
nonroot:x:65532:
`;

function text(path: string, content: string): Entry {
  return { path, type: 'file', mode: 0o644, content: { bytes: Buffer.from(content) } };
}

function bundle(certificates: { path: string; bytes: Buffer }[]): string {
  return certificates
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ bytes }) => `${bytes.toString('latin1').trim()}\n`)
    .join('');
}
