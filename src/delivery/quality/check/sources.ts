import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export interface Source {
  /** Relative to the checkout, `/`-separated. */
  file: string;
  text: string;
  language: 'javascript' | 'typescript' | 'python';
  isTest: boolean;
}

const LANGUAGES: Record<string, Source['language']> = {
  ...{ js: 'javascript', mjs: 'javascript', cjs: 'javascript', jsx: 'javascript' },
  ...{ ts: 'typescript', mts: 'typescript', cts: 'typescript', tsx: 'typescript', py: 'python' },
};
const LEFT_OUT = new Set([
  'node_modules',
  'dist',
  'build',
  'coverage',
  'vendor',
  '.git',
  '.venv',
  'venv',
  '__pycache__',
]);
const MOST_FILES = 5000;
const LARGEST_BYTES = 500_000;

/** The programs of a folder, in the order of their names; what was made by a tool is left out. */
export function sourcesIn(top: string, folder: string): Source[] {
  const found: Source[] = [];
  const walk = (below: string): void => {
    for (const entry of readdirSync(below, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const full = path.join(below, entry.name);
      if (found.length >= MOST_FILES) return;
      if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) walk(full);
      else if (entry.isFile()) found.push(...sourceOf(top, full));
    }
  };
  walk(folder);
  return found;
}

function sourceOf(top: string, full: string): Source[] {
  const language = LANGUAGES[path.extname(full).slice(1)];
  if (language === undefined || /\.d\.[cm]?ts$|\.min\.js$/.test(full) || statSync(full).size > LARGEST_BYTES)
    return [];
  const file = path.relative(top, full).split(path.sep).join('/');
  const isTest = /(^|\/)(tests?|__tests__|spec)\/|\.(test|spec)\.|(^|\/)test_/.test(file);
  return [{ file, text: readFileSync(full, 'utf8'), language, isTest }];
}
