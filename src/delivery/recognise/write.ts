import { existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EscaleError } from '../../core/errors/index.ts';
import { formatMistakes, NAME, NAME_EXPECTED, toName } from '../../core/manifest/index.ts';
import { readSystem } from '../source/index.ts';
import { viewFolder } from './folder-view.ts';
import type { FirstFile } from './render.ts';
import { renderScript, renderYaml, routesOf } from './render.ts';
import { recogniseSystem } from './system.ts';

/** What is asked of a first file. */
export interface InitRequest {
  folder: string;
  /** Name of the system; by default the folder's. */
  name?: string;
  /** Write over an existing file. */
  force?: boolean;
  typescript?: boolean;
}

/** What was written. */
export interface InitResult extends FirstFile {
  /** Absolute. */
  file: string;
  /** Host to service. */
  routes: [string, string][];
  remarks: string[];
}

const SCHEMA = fileURLToPath(new URL('../../core/manifest/escale.schema.json', import.meta.url));
const NAMES = ['escale.yaml', 'escale.yml', 'escale.config.ts'];

/** Recognises a folder and writes its first file. Throws `init-exists`, `init-nothing`, `init-name`, `file-missing`. */
export async function initSystem(request: InitRequest): Promise<InitResult> {
  const folder = existingFolder(request.folder);
  const file = join(folder, freeFileName(folder, request));
  const { services, remarks } = recogniseSystem(viewFolder(folder));
  if (services.length === 0) throw nothingFound(folder, remarks);
  const first: FirstFile = { name: systemName(folder, request.name), services, schema: schemaPath(folder) };
  await writeChecked(file, request.typescript ? renderScript(first) : renderYaml(first));
  return { ...first, file, routes: routesOf(first.name, services), remarks };
}

function existingFolder(folder: string): string {
  const path = resolve(folder);
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new EscaleError('file-missing', `There is no folder ${path}`, {
      place: path,
      next: 'Name an existing folder.',
    });
  }
  return realpathSync(path);
}

function freeFileName(folder: string, { force, typescript }: InitRequest): string {
  const present = NAMES.filter((name) => existsSync(join(folder, name)));
  const wanted = typescript
    ? 'escale.config.ts'
    : (present.find((name) => name.startsWith('escale.y')) ?? 'escale.yaml');
  const other = present.find((name) => name !== wanted);
  if (other !== undefined) {
    throw new EscaleError('init-exists', `${other} is there already`, {
      place: join(folder, other),
      next: `Remove ${other} first: a folder has one file.`,
    });
  }
  if (present.length > 0 && !force)
    throw new EscaleError('init-exists', `${wanted} is there already`, { place: join(folder, wanted) });
  return wanted;
}

function systemName(folder: string, asked: string | undefined): string {
  if (asked === undefined) return toName(basename(folder)) ?? 'app';
  if (NAME.test(asked) && asked !== 'escale') return asked;
  const near = toName(asked);
  const next = near ? `For example --name ${near}.` : 'For example --name tasks.';
  throw new EscaleError('init-name', `Expected ${NAME_EXPECTED}, got ${JSON.stringify(asked)}`, { next });
}

function nothingFound(folder: string, remarks: string[]): EscaleError {
  const seen = remarks.length > 0 ? `: ${remarks.join('; ')}` : '';
  return new EscaleError('init-nothing', `Nothing that can be run was recognised in ${folder}${seen}`, {
    place: folder,
  });
}

/** Relative to the file, where the schema is part of the same tree for sure (a clone, or node_modules); else null. */
function schemaPath(folder: string): string | null {
  const installed = 'node_modules/escale/src/core/manifest/escale.schema.json';
  if (existsSync(join(folder, installed))) return `./${installed}`;
  const clone = dirname(dirname(dirname(dirname(SCHEMA))));
  return folder.startsWith(clone + sep) ? relative(folder, SCHEMA).split(sep).join('/') : null;
}

/** Checks the text where it will stand, under another name, before it takes its place. */
async function writeChecked(file: string, text: string): Promise<void> {
  const draft = join(dirname(file), `.${process.pid}.${basename(file)}`);
  try {
    writeFileSync(draft, text, { flag: 'wx' });
    const { mistakes } = await readSystem({ file: draft });
    if (mistakes.length > 0)
      throw new Error(`escale init wrote a wrong file:\n${formatMistakes(mistakes, { color: false })}`);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}
