import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { checkYaml } from '../src/core/manifest/file/index.ts';
import { readSystem } from '../src/delivery/index.ts';
import { commandProblem } from './documents/commands.ts';
import {
  anchorsOf,
  type Block,
  blocksOf,
  codeSpans,
  pages,
  ROOT,
  readPage,
  relativeLinks,
  shellLines,
} from './documents/markdown.ts';
import { pathExists, pathsIn } from './documents/paths.ts';
import { sectionsOf } from './documents/translation.ts';

const all = pages();
const found = <T>(look: (page: (typeof all)[number]) => T[]) =>
  all.flatMap((page) => look(page).map((item) => ({ page, item })));

test('the reader of pages sees what it should', () => {
  assert.ok(all.length >= 15, `only ${all.length} pages were found`);
  const blocks = blocksOf('a\n```js one.js\n1\n```\n\n```sh\nescale up\n```\n');
  assert.deepEqual(
    blocks.map(({ language, title, text, line }) => [language, title, text, line]),
    [
      ['js', 'one.js', '1\n', 2],
      ['sh', '', 'escale up\n', 6],
    ],
  );
});

test('links lead somewhere', () => {
  const links = found(relativeLinks);
  assert.ok(links.length > 20, `only ${links.length} links were found`);
  const dead = links.filter(({ page, item }) => !leadsSomewhere(page.file, item));
  assert.deepEqual(
    dead.map(({ page, item }) => `${page.file}: ${item}`),
    [],
  );
});

function leadsSomewhere(from: string, link: string): boolean {
  const [target = '', anchor] = link.split('#');
  const file = target === '' ? from : path.posix.join(path.posix.dirname(from), target);
  if (!existsSync(path.join(ROOT, file))) return false;
  return anchor === undefined || anchorsOf(readPage(file)).includes(anchor);
}

test('files and folders that are named exist', () => {
  const named = found(pathsIn);
  assert.ok(named.length > 60, `only ${named.length} paths were found`);
  const missing = named.filter(({ page, item }) => !pathExists(item, page));
  assert.deepEqual(
    missing.map(({ page, item }) => `${page.file}: ${item}`),
    [],
  );
});

test('commands and options that are shown exist', () => {
  const lines = found((page) => [...shellLines(page), ...codeSpans(page)])
    .map(({ page, item }) => ({ page, item: item.replace(/^\.\//, '') }))
    .filter(({ item }) => /^escale [a-z-]/.test(item));
  assert.ok(lines.length > 40, `only ${lines.length} commands were found`);
  const wrong = lines.flatMap(({ page, item }) => {
    const problem = commandProblem(item);
    return problem === null ? [] : [`${page.file}: ${item}: ${problem}`];
  });
  assert.deepEqual(wrong, []);
});

test('a command that does not exist would be seen', () => {
  assert.equal(commandProblem('escale fly'), 'there is no command fly');
  assert.equal(commandProblem('escale up --fast'), 'up has no option --fast');
  assert.equal(commandProblem('escale check a b'), 'check takes fewer arguments');
  assert.equal(commandProblem('escale secret show A'), 'secret has no command show');
  assert.equal(commandProblem('escale secret set A shop value'), 'set takes fewer arguments');
  assert.equal(commandProblem('escale secret set A shop -e production'), null);
  assert.equal(commandProblem('escale logs hello -n 5 -f'), null);
});

test('scripts of npm that are shown exist', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: object;
  };
  const benches = found((page) => [...shellLines(page), ...codeSpans(page)]).flatMap(({ page, item }) => {
    const match = /^npm (?:run )?(start|test|check|bench)\b(?: -- ([a-z-]+))?/.exec(item);
    return match === null || page.file.startsWith('systems/') ? [] : [[page.file, match[1]!, match[2]]];
  });
  assert.ok(benches.length > 10);
  const wrong = benches.filter(
    ([, script, name]) =>
      !(script! in scripts) ||
      (script === 'bench' &&
        name !== undefined &&
        !existsSync(path.join(ROOT, 'tests', 'bench', `${name}.ts`))),
  );
  assert.deepEqual(wrong, []);
});

test('the French README shows what the English one shows', () => {
  const shown = (file: string) =>
    readPage(file).blocks.map(({ language, title, text }) => ({ language, title, text }));
  assert.ok(shown('README.md').length > 15);
  assert.deepEqual(shown('README.fr.md'), shown('README.md'));
});

test('the French README has the sections, names, links and numbers of the English one', () => {
  const english = sectionsOf(readPage('README.md'), 'en');
  assert.ok(english.length > 7);
  assert.ok(english.some(({ numbers }) => numbers.some((number) => /^\d+\.\d+$/.test(number))));
  assert.deepEqual(sectionsOf(readPage('README.fr.md'), 'fr'), english);
});

for (const { page, item } of found(({ blocks }) => blocks.filter(isSystemFile)))
  test(`${page.file}:${item.line} is a file that Escale takes`, async () => {
    const mistakes =
      item.language === 'ts' ? await scriptMistakes(item) : checkYaml(item.text, page.file).mistakes;
    assert.deepEqual(mistakes, []);
  });

function isSystemFile({ language, text }: Block): boolean {
  if (language === 'yaml') return /^name:/m.test(text) && /^services:/m.test(text);
  return language === 'ts' && text.includes('defineSystem(');
}

async function scriptMistakes({ text }: Block): Promise<unknown[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-docs-'));
  try {
    writeFileSync(path.join(folder, 'escale.config.ts'), text);
    return (await readSystem({ folder })).mistakes.filter(({ code }) => code !== 'wrong-source');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
