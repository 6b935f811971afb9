import { type Dirent, readdirSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../../core/errors/index.ts';
import type { Entry } from '../tar/index.ts';

export interface WalkRequest {
  /** Folder on this host. */
  from: string;
  /** Folder in the image, without a slash at either end. */
  to: string;
  /** Whether a name (relative to `from`) and what is below it stay out. */
  leaveOut?: (name: string) => boolean;
  /** What a link becomes; null: it stays out. `target` as it stands on this host. */
  link?: (name: string, target: string) => string | null;
}

const MOST_ENTRIES = 1_000_000;

/** A folder's files as entries, with the modes 0644, 0755 and nothing of this host but content and the right to execute. */
export function folderEntries(request: WalkRequest): Entry[] {
  const entries: Entry[] = [];
  walk(request, '', entries);
  return entries;
}

function walk(request: WalkRequest, below: string, entries: Entry[]): void {
  if (entries.length > MOST_ENTRIES) throw tooMany(request.from);
  const folder = path.join(request.from, below);
  for (const found of readdirSync(folder, { withFileTypes: true })) {
    const name = below === '' ? found.name : `${below}/${found.name}`;
    if (request.leaveOut?.(name)) continue;
    const entry = entryOf(request, name, found);
    if (entry === null) continue;
    entries.push(entry);
    if (entry.type === 'folder') walk(request, name, entries);
  }
}

function entryOf(request: WalkRequest, name: string, found: Dirent): Entry | null {
  const at = `${request.to}/${name}`;
  const file = path.join(request.from, name);
  if (found.isDirectory()) return { path: at, type: 'folder', mode: 0o755 };
  if (found.isSymbolicLink()) {
    const target = (request.link ?? insideOnly(request.from))(name, readlinkSync(file));
    return target === null ? null : { path: at, type: 'link', target };
  }
  // Sockets, pipes and devices are no content.
  if (!found.isFile()) return null;
  const isExecutable = (statSync(file).mode & 0o100) !== 0;
  return { path: at, type: 'file', mode: isExecutable ? 0o755 : 0o644, content: { file } };
}

/** Links that stay inside the folder as they are written; any other one is a mistake. */
function insideOnly(from: string): (name: string, target: string) => string {
  return (name, target) => {
    if (staysInside(name, target)) return target;
    throw new EscaleError('link-escapes', `${path.join(from, name)} links to ${target}, which is outside`, {
      place: path.join(from, name),
    });
  };
}

/** Whether a link's text leads to a place below the folder that its name is relative to. */
export function staysInside(name: string, target: string): boolean {
  if (path.posix.isAbsolute(target)) return false;
  const to = path.posix.normalize(path.posix.join(path.posix.dirname(name), target));
  return to !== '..' && !to.startsWith('../');
}

function tooMany(folder: string): EscaleError {
  return new EscaleError('source-too-large', `${folder} has more than ${MOST_ENTRIES} files`, {
    place: folder,
  });
}
