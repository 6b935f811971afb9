import type * as Acorn from 'acorn';
import { OPTIONS, plain } from './complexity.ts';
import type { Checked, Finding } from './finding.ts';
import type { Source } from './sources.ts';

/** Words in a row that must be the same: about ten lines. */
const SHORTEST = 70;

interface Words {
  file: string;
  words: number[];
  lines: number[];
}

/** The same words in a row in two places, whatever stands between them. Tests repeat themselves on purpose. */
export function checkDuplication(sources: Source[], acorn: typeof Acorn): Checked {
  const numbers = new Map<string, number>();
  const files = sources.filter(({ isTest }) => !isTest).map((source) => wordsOf(source, acorn, numbers));
  const seen = new Map<number, [file: number, at: number]>();
  const findings: Finding[] = [];
  let [all, twice] = [0, 0];
  for (const [index, file] of files.entries()) {
    const repeated = new Set<number>();
    for (let at = 0; at + SHORTEST <= file.words.length; ) {
      const hash = hashOf(file.words, at);
      const first = seen.get(hash);
      const length = first === undefined ? 0 : sameLength(files, first, [index, at]);
      if (length < SHORTEST) {
        if (first === undefined) seen.set(hash, [index, at]);
        at += 1;
        continue;
      }
      findings.push(findingOf(files, first!, [index, at], length));
      for (let word = at; word < at + length; word++) repeated.add(file.lines[word]!);
      at += length;
    }
    all += new Set(file.lines).size;
    twice += repeated.size;
  }
  const duplicatedPercent = all === 0 ? 0 : Math.round((1000 * twice) / all) / 10;
  return {
    check: 'duplication',
    by: 'Escale',
    skipped: null,
    findings,
    figures: { lines: all, duplicatedPercent },
  };
}

function findingOf(
  files: Words[],
  [first, from]: [number, number],
  [second, at]: [number, number],
  length: number,
): Finding {
  const [one, other] = [files[first]!, files[second]!];
  const lines = other.lines[at + length - 1]! - other.lines[at]! + 1;
  const message = `${lines} lines are the same as in ${one.file}:${one.lines[from]}`;
  return {
    check: 'duplication',
    severity: 'warning',
    file: other.file,
    line: other.lines[at]!,
    rule: 'same',
    message,
  };
}

/** How far two places are the same; not into each other. */
function sameLength(files: Words[], [first, from]: [number, number], [second, at]: [number, number]): number {
  const [one, other] = [files[first]!.words, files[second]!.words];
  const most = first === second ? at - from : Number.POSITIVE_INFINITY;
  let length = 0;
  while (length < most && at + length < other.length && one[from + length] === other[at + length]) length++;
  return length;
}

function hashOf(words: number[], at: number): number {
  let hash = 0;
  for (let index = at; index < at + SHORTEST; index++) hash = (Math.imul(hash, 31) + words[index]!) | 0;
  return hash;
}

function wordsOf(source: Source, acorn: typeof Acorn, numbers: Map<string, number>): Words {
  const words: Words = { file: source.file, words: [], lines: [] };
  const add = (word: string, line: number): void => {
    if (!numbers.has(word)) numbers.set(word, numbers.size + 1);
    words.words.push(numbers.get(word)!);
    words.lines.push(line);
  };
  if (source.language !== 'python' && tokens(source, acorn, add)) return words;
  words.words.length = words.lines.length = 0;
  for (const [index, line] of source.text.split('\n').entries())
    for (const [word] of line.replace(/^(import|from) .*|\s*(#|\/\/).*$/, '').matchAll(/\w+|[^\s\w]/g))
      add(word, index + 1);
  return words;
}

/** Imports come first and are alike everywhere: they are no copies. */
function tokens(source: Source, acorn: typeof Acorn, add: (word: string, line: number) => void): boolean {
  try {
    let isImport = false;
    for (const token of acorn.tokenizer(plain(source), OPTIONS)) {
      const { type, loc, value } = token as Acorn.Token & { value?: unknown };
      if (type.label === 'import') isImport = true;
      if (!isImport) add(`${type.label} ${value === undefined ? '' : String(value)}`, loc!.start.line);
      if (type.label === ';') isImport = false;
    }
    return true;
  } catch {
    return false;
  }
}
