import { basename } from 'node:path';
import { toName } from '../../core/manifest/index.ts';
import type { FolderView } from './folder-view.ts';
import type { Guess, NotYet } from './guess.ts';
import { isWorkspaceRoot, recogniseNode } from './node.ts';
import { recognisePython } from './python.ts';
import { recogniseStatic } from './static.ts';

/** What was recognised in a folder and below it. */
export interface Recognised {
  services: (Guess & { name: string })[];
  /** Why something that looks like a service is none yet, and what was seen but is not known. */
  remarks: string[];
}

/** Folders of monorepos that hold one service in each of their folders. */
const CONTAINERS = new Set(['apps', 'packages', 'services', 'systems', 'src', 'cmd', 'projects']);
const MOST_FOLDERS = 60;

const UNKNOWN_KINDS: Record<string, string> = {
  'go.mod': 'Go',
  'Cargo.toml': 'Rust',
  'pom.xml': 'Java',
  'build.gradle': 'Java',
  Gemfile: 'Ruby',
  'composer.json': 'PHP',
  'mix.exs': 'Elixir',
  Dockerfile: 'a Dockerfile',
  'docker-compose.yml': 'a compose file',
  'compose.yaml': 'a compose file',
};

/** Recognises the services of a folder: itself, or the folders below it. */
export function recogniseSystem(root: FolderView): Recognised {
  const remarks: string[] = [];
  const keep = (found: Guess | NotYet | null): Guess[] => {
    if (found !== null && 'notYet' in found) remarks.push(found.notYet);
    return found === null || 'notYet' in found ? [] : [found];
  };
  const own = isWorkspaceRoot(root) ? [] : keep(recogniseFolder(root));
  const alone = own.some((guess) => guess.command !== null);
  const below = alone ? [] : foldersToLookAt(root).flatMap((folder) => keep(recogniseFolder(folder)));
  const services = together(own, below, remarks);
  remarks.push(...unknownKinds(root));
  return { services: withNames(services), remarks };
}

/** Node before Python before files, each only where something can be started or served. */
function recogniseFolder(folder: FolderView): Guess | NotYet | null {
  const node = recogniseNode(folder);
  if (node !== null && !('notYet' in node)) return node;
  return recognisePython(folder) ?? node ?? recogniseStatic(folder);
}

function foldersToLookAt(root: FolderView): FolderView[] {
  const children = root.folders.flatMap((name) => root.enter(name) ?? []);
  const deeper = children
    .filter((child) => CONTAINERS.has(basename(child.path)))
    .flatMap((child) => child.folders.flatMap((name) => child.enter(name) ?? []));
  return [...children, ...deeper].slice(0, MOST_FOLDERS);
}

/** The folder's own guess and those below it. A page beside folders of services would serve their sources: they go first. */
function together(own: Guess[], below: Guess[], remarks: string[]): Guess[] {
  const others = below.filter((guess) => !own.some((each) => each.source === guess.source));
  const isPage = own.some((guess) => guess.source === '.');
  if (!isPage || others.every((guess) => guess.command === null)) return isPage ? own : [...own, ...others];
  remarks.push(LEFT_OUT);
  return others;
}

const LEFT_OUT =
  'the index.html beside the services is left out: serving this folder would show their sources. Move it into a folder such as public';

function withNames(guesses: Guess[]): (Guess & { name: string })[] {
  const taken = new Set<string>();
  return guesses.map((guess) => {
    const folder = toName(folderName(guess.source));
    const general = guesses.length === 1 && (guess.source === '.' || OUTPUTS.has(guess.source));
    const name = freeName((general ? guess.name : folder) ?? guess.name ?? 'web', taken);
    taken.add(name);
    return { ...guess, name };
  });
}

/** Folders that are named after what they are, not after what is in them. */
const OUTPUTS = new Set(['dist', 'build', 'public', 'out', 'site', 'www', '_site', 'html']);

/** The folder that says what it is: `shop/dist` is the shop. */
function folderName(source: string): string {
  const parts = source.split('/');
  return OUTPUTS.has(parts.at(-1)!) && parts.length > 1 ? parts.at(-2)! : parts.at(-1)!;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let number = 2, name = wanted; ; number++) {
    if (!taken.has(name)) return name;
    name = `${wanted.slice(0, 36)}-${number}`;
  }
}

function unknownKinds(root: FolderView): string[] {
  const seen = Object.keys(UNKNOWN_KINDS).filter((file) => root.files.has(file));
  const kinds = [...new Set(seen.map((file) => UNKNOWN_KINDS[file]!))];
  return kinds.map((kind) => `${kind} was seen; Escale does not recognise it, so write its service by hand`);
}
