import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { SECRET_NAME, SECRET_NAME_EXPECTED } from '../../core/manifest/index.ts';
import type { SopsMistake } from './mistake.ts';

/** How a file of SOPS is written. */
export type SopsFormat = 'yaml' | 'json';

/** What a file of SOPS says before anything is decrypted. */
export interface SopsDocument {
  /** In the order of the file, which its authentication code depends on. */
  values: { name: string; encrypted: string }[];
  /** What is under `sops`; every text may be anything. */
  metadata: unknown;
  mistakes: SopsMistake[];
}

/** Bytes, and names: a file of secrets is small. */
const LARGEST = 1 << 20;
const MOST_NAMES = 1000;

/** Reads the form of a file, which is one flat map. No mistake ever repeats a value. */
export function readDocument(text: string, format: SopsFormat): SopsDocument {
  if (text.length > LARGEST) return wrong('is larger than 1 MiB');
  if (format === 'json' && !isJson(text)) return wrong('is not JSON');
  const parsed = parse(text);
  if (typeof parsed === 'string') return wrong(parsed);
  const { contents } = parsed;
  if (!isMap(contents)) return wrong('is not a map from names to values');
  if (contents.items.length > MOST_NAMES) return wrong(`has more than ${MOST_NAMES} names`);
  return readMap(contents);
}

function wrong(message: string): SopsDocument {
  return { values: [], metadata: null, mistakes: [{ path: '', message }] };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Every scalar stays a text; or what is wrong, in our words: the parser's own quote what they read. */
function parse(text: string): Document.Parsed | string {
  const lines = new LineCounter();
  try {
    const options = {
      schema: 'failsafe',
      prettyErrors: false,
      uniqueKeys: true,
      lineCounter: lines,
    } as const;
    const document = parseDocument(text, options);
    const [error] = document.errors;
    if (error === undefined) return document;
    const line = lines.linePos(error.pos[0]).line;
    return error.code === 'DUPLICATE_KEY'
      ? `line ${line}: a name stands there twice`
      : `line ${line} is not YAML`;
  } catch {
    // Nested too deeply for the parser.
    return 'is not YAML';
  }
}

function readMap(map: YAMLMap): SopsDocument {
  const document: SopsDocument = { values: [], metadata: null, mistakes: [] };
  for (const { key, value } of map.items) {
    const name = isScalar(key) && typeof key.value === 'string' ? key.value : '';
    if (name === 'sops') document.metadata = isMap(value) ? value.toJSON() : null;
    else readEntry(name, value as Node | null, document);
  }
  return document;
}

function readEntry(name: string, value: Node | null, { values, mistakes }: SopsDocument): void {
  const nested = nestedPath(value, name);
  if (nested !== null) mistakes.push(notFlat(nested));
  else if (!SECRET_NAME.test(name))
    mistakes.push({ path: name, message: `expected ${SECRET_NAME_EXPECTED}` });
  else if (isScalar(value) && typeof value.value === 'string' && value.value !== '')
    values.push({ name, encrypted: value.value });
  else mistakes.push({ path: name, message: 'has no value' });
}

/** Path of the first text inside a value that is not one itself: `db.password`, `hosts[0]`. */
function nestedPath(value: Node | null, path: string): string | null {
  if (isMap(value)) {
    const [first] = value.items;
    const name = first !== undefined && isScalar(first.key) ? `.${String(first.key.value)}` : '';
    return nestedPath((first?.value ?? null) as Node | null, path + name) ?? path + name;
  }
  if (!isSeq(value)) return null;
  return nestedPath((value.items[0] ?? null) as Node | null, `${path}[0]`) ?? `${path}[0]`;
}

function notFlat(path: string): SopsMistake {
  const name = path
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^[_0-9]+|_+$/g, '')
    .toUpperCase();
  const example = SECRET_NAME.test(name) ? `, for example as ${name}` : '';
  return { path, message: `stands inside another value: write it at the top${example}` };
}
