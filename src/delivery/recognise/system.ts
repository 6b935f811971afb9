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
  const services = below.length > 0 ? withoutOwnFiles(own, below, remarks) : own;
  remarks.push(...unknownKinds(root));
  return { services: withNames(services), remarks };
}

/** Node before Python before files: a package.json beside an app.py is most often a build tool's… unless nothing starts. */
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

/** A page beside folders of services would serve their sources, too: those folders go first. */
function withoutOwnFiles(own: Guess[], below: Guess[], remarks: string[]): Guess[] {
  const inside = own.filter(
    (guess) => guess.source !== '.' && !below.some((each) => each.source === guess.source),
  );
  if (own.some((guess) => guess.source === '.')) {
    remarks.push(
      'the index.html beside the services is left out: serving this folder would show their sources. Move it into a folder such as public',
    );
  }
  return [...inside, ...below];
}

function withNames(guesses: Guess[]): (Guess & { name: string })[] {
  const taken = new Set<string>();
  return guesses.map((guess) => {
    const folder = toName(folderName(guess.source));
    const wanted = (guesses.length === 1 ? guess.name : folder) ?? guess.name ?? 'web';
    const name = freeName(wanted, taken);
    taken.add(name);
    return { ...guess, name };
  });
}

/** The folder that says what it is: `shop/dist` is the shop. */
function folderName(source: string): string {
  const parts = source.split('/');
  const built = ['dist', 'build', 'public', 'out', 'site', 'www', '_site', 'html'].includes(parts.at(-1)!);
  return built && parts.length > 1 ? parts.at(-2)! : parts.at(-1)!;
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
