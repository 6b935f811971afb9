import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../core/errors/index.ts';
import { isRendered, type RenderedFile } from '../../core/render/index.ts';

/** Paths of the files that are missing in a folder, are not what would be rendered now, or would not be rendered any more. */
export function staleFiles(files: RenderedFile[], folder: string): string[] {
  return [...changedFiles(files, folder), ...leftFiles(files, folder)];
}

function changedFiles(files: RenderedFile[], folder: string): string[] {
  return files
    .filter(({ path: name, text }) => textOf(path.join(folder, name)) !== text)
    .map((file) => file.path);
}

/** What Escale once rendered beside a `kustomization.yaml`, of parts that are gone. Other environments have trees of their own. */
function leftFiles(files: RenderedFile[], folder: string): string[] {
  const list = files.find((file) => path.posix.basename(file.path) === 'kustomization.yaml');
  if (list === undefined) return [];
  const top = path.posix.dirname(list.path);
  const rendered = new Set(files.map((file) => file.path));
  const there = [top, ...PARTS.map((part) => `${top}/${part}`)].flatMap((at) => yamlIn(folder, at));
  return there.filter((name) => !rendered.has(name) && !KEPT.test(name) && isOurs(path.join(folder, name)));
}

/** Folders of a tree of manifests. */
const PARTS = ['resources', 'jobs', 'services'];
/** Made by a command of its own. */
const KEPT = /\/rbac\.yaml$/;

function yamlIn(folder: string, at: string): string[] {
  const where = path.join(folder, at);
  if (!existsSync(where)) return [];
  return readdirSync(where)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${at}/${name}`);
}

/**
 * Writes what is not current, each file whole or not at all, and takes away what Escale once wrote of parts that are gone; returns
 * the paths of those that it wrote. Throws `render-exists`, before anything is
 * written, where one stands there that Escale did not make.
 */
export function writeRendered(files: RenderedFile[], folder: string, { force = false } = {}): string[] {
  const foreign = force ? [] : files.filter((file) => !isOurs(path.join(folder, file.path)));
  if (foreign.length > 0)
    throw standsThere(
      foreign.map((file) => file.path),
      folder,
    );
  const stale = changedFiles(files, folder);
  for (const file of files.filter((each) => stale.includes(each.path))) writeOne(file, folder);
  for (const name of leftFiles(files, folder)) rmSync(path.join(folder, name));
  return stale;
}

function isOurs(file: string): boolean {
  if (!existsSync(file)) return true;
  return lstatSync(file).isFile() && isRendered(readFileSync(file, 'utf8'));
}

function textOf(file: string): string | null {
  return existsSync(file) && lstatSync(file).isFile() ? readFileSync(file, 'utf8') : null;
}

function writeOne({ path: name, text }: RenderedFile, folder: string): void {
  const file = path.join(folder, name);
  const draft = `${file}.${process.pid}.tmp`;
  mkdirSync(path.dirname(file), { recursive: true });
  try {
    writeFileSync(draft, text, { flag: 'wx' });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

function standsThere(names: string[], folder: string): EscaleError {
  const what = names.length === 1 ? 'stands there already and was' : 'stand there already and were';
  return new EscaleError('render-exists', `${names.join(', ')} ${what} not made by Escale`, {
    place: folder,
  });
}
