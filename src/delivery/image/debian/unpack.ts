import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { EscaleError } from '../../../core/errors/index.ts';
import type { Component } from '../../../core/image/index.ts';
import { type Entry, type ReadEntry, readTar } from '../tar/index.ts';
import { belongs, merged } from './selection.ts';

/** What an image takes of one Debian package. */
export interface Unpacked {
  component: Component;
  entries: Entry[];
  /** Certificates as PEM, which `update-ca-certificates` would put into one file. */
  certificates: { path: string; bytes: Buffer }[];
}

/** The files of a package that belong into an image, and the package's own note of what it is; none of its scripts runs. */
export async function unpackDeb(file: string, programs: string[]): Promise<Unpacked> {
  const control = await controlFile(file);
  const component = componentOf(control.toString());
  const read: ReadEntry[] = [];
  for await (const entry of dpkgTar(['--fsys-tarfile', file], (each) => isWanted(each, programs)))
    if (isWanted(entry, programs)) read.push({ ...entry, path: merged(entry.path) });
  const status = `var/lib/dpkg/status.d/${component.name}`;
  return {
    component,
    entries: [
      ...read.map(toEntry).filter((entry) => entry !== null),
      { path: status, type: 'file', mode: 0o644, content: { bytes: control } },
    ],
    certificates: read
      .filter(({ path, type }) => type === 'file' && /^usr\/share\/ca-certificates\/.+\.crt$/.test(path))
      .map(({ path, bytes }) => ({ path, bytes })),
  };
}

function isWanted({ path, type }: ReadEntry, programs: string[]): boolean {
  // A folder comes with what is in it: an empty one that a package brings along is nobody's.
  return type !== 'folder' && type !== 'other' && belongs(merged(path), programs);
}

function toEntry({ path, type, mode, target, bytes }: ReadEntry): Entry | null {
  if (type === 'link') return { path, type, target };
  if (type === 'hardlink') return { path, type, target: merged(target) };
  // Nobody needs another's rights: the bits that give them (setuid, setgid) are left out.
  return { path, type: 'file', mode: (mode & 0o111) === 0 ? 0o644 : 0o755, content: { bytes } };
}

async function controlFile(file: string): Promise<Buffer> {
  for await (const entry of dpkgTar(['--ctrl-tarfile', file], ({ path }) => path === 'control'))
    if (entry.path === 'control') return entry.bytes;
  throw new EscaleError('image-damaged', `${file} is no Debian package: it has no control file`);
}

function componentOf(control: string): Component {
  const field = (name: string) => new RegExp(`^${name}: *(.+)$`, 'm').exec(control)?.[1]?.trim() ?? '';
  const name = field('Package');
  if (!/^[a-z0-9][a-z0-9.+-]+$/.test(name)) throw new EscaleError('image-damaged', 'a package has no name');
  const architecture = field('Architecture');
  return { kind: 'deb', name, version: field('Version'), license: null, architecture };
}

/** The entries of an archive that `dpkg-deb` unpacks to its output. */
async function* dpkgTar(args: string[], wants: (entry: ReadEntry) => boolean): AsyncGenerator<ReadEntry> {
  const child = spawn('dpkg-deb', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'close');
  ended.catch(() => {});
  yield* readTar(child.stdout, wants);
  const [code] = await ended;
  if (code !== 0) throw new EscaleError('image-damaged', `dpkg-deb can't read ${args.at(-1)}`);
}
