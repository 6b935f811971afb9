import { globSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { codeSpans, type Page, ROOT } from './markdown.ts';

const SOURCE_FILE = /\.(ts|tsx|mjs|md|json|yaml|yml|png|sh|py)$/;

const folders = (below: string) =>
  readdirSync(path.join(ROOT, below), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['node_modules', '.git'].includes(entry.name))
    .map((entry) => entry.name);
/** Files that people write, and names that stand for any: not of this repository. */
const THEIRS = /^(escale\.config|name)\./i;
/** Words that begin a path of this repository: `src/…`, and `gateway/…` for what stands below src. */
const BEGINNINGS = new Set([...folders('.'), ...folders('src')]);

/** Code spans of a page that name a file or a folder of this repository, without those that a block of the page shows. */
export function pathsIn(page: Page): string[] {
  const shown = new Set(page.blocks.map(({ title }) => title));
  return codeSpans(page)
    .map((span) => span.replace(/^\.\//, ''))
    .filter((span) => /^[\w.@/*{},-]+$/.test(span) && isPath(span) && !shown.has(span));
}

function isPath(span: string): boolean {
  if (!span.includes('/')) return /\w\.(ts|mjs)$/.test(span) && !THEIRS.test(span);
  if (span.startsWith('/')) return false;
  const inside = BEGINNINGS.has(span.split('/')[0]!) && span.split('/').length > 1;
  return SOURCE_FILE.test(span) || span.endsWith('/') || inside;
}

/** Whether a path exists: from the page's folder, one above it, the root or src; a bare name anywhere below the page. */
export function pathExists(span: string, page: Page): boolean {
  const here = path.posix.dirname(page.file);
  const pattern = span.replace(/\/$/, '');
  const from = [here, path.posix.dirname(here), '.', 'src'];
  if (from.some((folder) => exists(path.posix.join(folder, pattern)))) return true;
  return !span.includes('/') && exists(path.posix.join(here, '**', pattern));
}

function exists(pattern: string): boolean {
  return (
    globSync(pattern, { cwd: ROOT, exclude: (name) => path.basename(name) === 'node_modules' }).length > 0
  );
}
