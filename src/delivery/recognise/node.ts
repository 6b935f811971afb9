import { splitWords } from '../../core/manifest/index.ts';
import type { FolderView } from './folder-view.ts';
import type { Guess, NotYet } from './guess.ts';
import { plainGuess, probeIn } from './guess.ts';

/** What is read of a package.json; every field may be anything. */
interface PackageFile {
  scripts: Record<string, unknown>;
  packages: ReadonlySet<string>;
  main: string | null;
  workspaces: boolean;
}

const ENTRIES = [
  'server',
  'index',
  'app',
  'main',
  'worker',
  'src/server',
  'src/index',
  'src/app',
  'src/main',
];
const ENDINGS = ['.ts', '.js', '.mjs', '.cjs', '.mts'];
const PROGRAMS = new Set(['node', 'npm', 'npx', 'deno', 'bun', 'python', 'python3', 'sh']);
const SERVES = /listen|createServer|\bserve\b|express|fastify|koa|hono|https?\b|WebSocketServer/i;

/** Frameworks whose files are made by a build, then served by any server of files. */
const BUILT_TO_FILES: Record<string, string> = {
  vite: 'Vite',
  'react-scripts': 'Create React App',
  '@angular/core': 'Angular',
  gatsby: 'Gatsby',
  parcel: 'Parcel',
  astro: 'Astro',
};

/** Recognises a Node service: `scripts.start`, else `main`, else a file with a usual name. */
export function recogniseNode(folder: FolderView): Guess | NotYet | null {
  const text = folder.read('package.json');
  if (text === null && !ENTRIES.slice(0, 5).some((entry) => fileOf(entry, folder))) return null;
  const own = text === null ? null : parsePackage(text);
  const notes =
    text !== null && own === null
      ? ['Its package.json is not valid JSON; mend it before packages are installed.']
      : [];
  const guess =
    fromStart(own, folder) ?? fromNext(own, folder) ?? fromEntry(own, folder) ?? fromBuild(own, folder);
  return guess === null || 'notYet' in guess ? guess : { ...guess, notes: [...notes, ...guess.notes] };
}

/** True for the package.json of a monorepo, whose services are in folders below. */
export function isWorkspaceRoot(folder: FolderView): boolean {
  const text = folder.read('package.json');
  return (
    folder.files.has('pnpm-workspace.yaml') || (text !== null && (parsePackage(text)?.workspaces ?? false))
  );
}

function parsePackage(text: string): PackageFile | null {
  try {
    const file: unknown = JSON.parse(text.replace(/^\uFEFF/, '') || 'null');
    if (!isMap(file)) return null;
    const packages = [file.dependencies, file.devDependencies].flatMap((each) =>
      Object.keys(isMap(each) ? each : {}),
    );
    const scripts = isMap(file.scripts) ? file.scripts : {};
    const main = typeof file.main === 'string' ? file.main : null;
    return { scripts, packages: new Set(packages), main, workspaces: file.workspaces !== undefined };
  } catch {
    return null;
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fromStart(own: PackageFile | null, folder: FolderView): Guess | null {
  const start = own?.scripts.start;
  if (own === null || typeof start !== 'string' || start.trim() === '') return null;
  if (own.packages.has('next') || builtWith(own)) return null;
  const { env, command, notes } = startCommand(start.trim(), own);
  const entry = splitPlain(command).find((word) => ENDINGS.some((ending) => word.endsWith(ending)));
  const code = entry === undefined ? '' : (readAt(folder, entry.replace(/^\.\//, '')) ?? '');
  return plainGuess({
    source: folder.path,
    what: 'Node (package.json, scripts.start)',
    command,
    env,
    ...judgeCode(code, notes, own),
  });
}

/** `A=1 node x` becomes env and words; what needs a shell or a program that only npm finds runs through npm. */
function startCommand(
  start: string,
  own: PackageFile,
): { env: Record<string, string>; command: string; notes: string[] } {
  const env: Record<string, string> = {};
  let rest = start.replace(/^cross-env\s+/, '');
  for (let match = ASSIGNMENT.exec(rest); match; match = ASSIGNMENT.exec(rest)) {
    if (!SET_BY_ESCALE.has(match[1]!)) env[match[1]!] = match[2]!;
    rest = rest.slice(match[0].length);
  }
  const split = splitWords(rest);
  const program = 'words' in split ? split.words[0]! : null;
  if (program !== null && PROGRAMS.has(program)) return { env, command: rest, notes: [] };
  if (program !== null && own.packages.has(program))
    return { env, command: `./node_modules/.bin/${rest}`, notes: [] };
  const notes = [
    `Its start script (${start}) needs npm; a plain command such as node server.js starts and stops faster.`,
  ];
  return { env: {}, command: 'npm start', notes };
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=([\w./:@-]*)\s+/;
const SET_BY_ESCALE = new Set(['HOST', 'PORT']);

function splitPlain(command: string): string[] {
  const split = splitWords(command);
  return 'words' in split ? split.words : [];
}

function fromNext(own: PackageFile | null, folder: FolderView): Guess | null {
  if (!own?.packages.has('next')) return null;
  return plainGuess({
    source: folder.path,
    what: 'Next.js',
    command: `./node_modules/.bin/next start --hostname \${HOST} --port \${PORT}`,
    notes: [
      'Next.js builds first: run `npm run build` before each deploy (builds by Escale come with the pipeline).',
    ],
  });
}

function fromEntry(own: PackageFile | null, folder: FolderView): Guess | null {
  if (own !== null && builtWith(own)) return null;
  const main = own?.main?.replace(/^\.\//, '') ?? null;
  const file =
    main !== null && readAt(folder, main) !== null
      ? main
      : ENTRIES.map((entry) => fileOf(entry, folder)).find(Boolean);
  if (!file || !ENDINGS.some((ending) => file.endsWith(ending))) return null;
  const what = file === main ? 'Node (package.json, main)' : `Node (${file})`;
  const code = readAt(folder, file) ?? '';
  if (file === main && !SERVES.test(code) && own?.scripts.start === undefined) return null;
  return plainGuess({
    source: folder.path,
    what,
    command: `node ${quoteWord(file)}`,
    ...judgeCode(code, [], own),
  });
}

function quoteWord(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What its code gives away: whether it listens, whether it honours PORT, a probe. */
function judgeCode(
  code: string,
  notes: string[],
  own: PackageFile | null,
): Pick<Guess, 'port' | 'ready' | 'notes' | 'name'> {
  const packages = [...(own?.packages ?? [])].join(' ');
  const port = code === '' || SERVES.test(code) || SERVES.test(packages);
  const fixed = port && code !== '' && /\.listen\(\s*\d+/.test(code) && !/PORT/.test(code);
  const note = 'It seems to listen on a fixed port; Escale gives it HOST and PORT in its environment.';
  return {
    name: port ? 'web' : 'worker',
    port,
    ready: probeIn(code),
    notes: fixed ? [...notes, note] : notes,
  };
}

function builtWith(own: PackageFile): string | null {
  const name = Object.keys(BUILT_TO_FILES).find((each) => own.packages.has(each));
  const serves = ['express', 'fastify', 'koa', 'hono'].some((each) => own.packages.has(each));
  return name === undefined || serves ? null : BUILT_TO_FILES[name]!;
}

function fromBuild(own: PackageFile | null, folder: FolderView): Guess | NotYet | null {
  const framework = own === null ? null : builtWith(own);
  if (framework === null) return null;
  const built = ['dist', 'build', 'public', 'out'].find((name) =>
    folder.enter(name)?.files.has('index.html'),
  );
  const place = folder.path === '.' ? 'this folder' : folder.path;
  if (built === undefined)
    return {
      notYet: `${place} is built first (${framework}): run its build (npm run build), then escale init again`,
    };
  return plainGuess({
    name: 'web',
    source: folder.path === '.' ? built : `${folder.path}/${built}`,
    what: `files built by ${framework}`,
    command: null,
    notes: [
      `${framework} builds these files: run its build before each deploy (builds by Escale come with the pipeline).`,
    ],
  });
}

function fileOf(entry: string, folder: FolderView): string | null {
  return ENDINGS.map((ending) => entry + ending).find((file) => readAt(folder, file) !== null) ?? null;
}

function readAt(folder: FolderView, path: string): string | null {
  const parts = path.split('/');
  const name = parts.pop()!;
  let place: FolderView | null = folder;
  for (const part of parts) place = place?.enter(part) ?? null;
  return place?.read(name) ?? null;
}
