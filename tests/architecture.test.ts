import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { IMPORT_RULES, OTHER_DOORS, PACKAGE_RULES } from './import-table.ts';

const root = path.join(import.meta.dirname, '..');

interface Import {
  file: string;
  /** From the root for files, the bare name for packages. */
  target: string;
  bare: boolean;
}

/** Static and dynamic imports and re-exports; type imports count. */
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(IMPORT)].map((match) => {
    const target = (match[1] ?? match[2] ?? match[3])!;
    if (!target.startsWith('.')) return { file, target, bare: true };
    return {
      file,
      target: path.posix.normalize(path.posix.join(path.posix.dirname(file), target)),
      bare: false,
    };
  });
}

const sources = globSync(['src/**/*.ts', 'dashboard/src/**/*.{ts,tsx}', 'systems/**/*.ts'], { cwd: root })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => !file.includes('node_modules') && !file.includes('/dist/'));
const all = sources.flatMap(importsOf);

function isInside(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}

function ruleOf(file: string) {
  return IMPORT_RULES.find((rule) => isInside(file, rule.from));
}

test('the reader of imports sees what it should', () => {
  const seen = importsOf('tests/architecture.test.ts').map(({ target }) => target);
  assert.ok(seen.includes('node:fs') && seen.includes('tests/import-table.ts'));
  assert.ok(all.length > 300, `only ${all.length} imports were found`);
});

test('every source folder has a rule', () => {
  const without = sources.filter((file) => ruleOf(file) === undefined);
  assert.deepEqual(without, []);
});

test('folders import only what their rule names', () => {
  const breaches = all
    .filter(({ bare }) => !bare)
    .filter(({ file, target }) => {
      const rule = ruleOf(file)!;
      return !isInside(target, rule.from) && !rule.may.some((folder) => isInside(target, folder));
    })
    .map(({ file, target }) => `${file} imports ${target}; ${ruleOf(file)!.from}: ${ruleOf(file)!.why}`);
  assert.deepEqual(breaches, []);
});

test('a folder is entered from outside through its index.ts', () => {
  const breaches = all
    .filter(({ bare, file, target }) => !bare && target.startsWith('src/') && roomOf(target) !== roomOf(file))
    .filter(({ target }) => path.posix.basename(target) !== 'index.ts' && !(target in OTHER_DOORS))
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(breaches, []);
});

/** The folder whose index is the door: each of core's, each engine, and the others as wholes. */
function roomOf(file: string): string {
  const [top, folder, inner] = file.split('/');
  return folder === 'core' || folder === 'engines' ? `${top}/${folder}/${inner}` : `${top}/${folder}`;
}

test('packages are imported only where the table allows it', () => {
  const breaches = all
    .filter(
      ({ bare, file, target }) =>
        bare && file.startsWith('src/') && !target.startsWith('node:') && !file.endsWith('.test.ts'),
    )
    .filter(({ file, target }) => {
      const allowed = Object.entries(PACKAGE_RULES).find(([folder]) => isInside(file, folder))?.[1] ?? [];
      return !allowed.some((name) => target === name || target.startsWith(`${name}/`));
    })
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(breaches, []);
});
