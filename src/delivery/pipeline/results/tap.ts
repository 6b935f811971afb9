import { failureOf, MOST_FAILURES, type TestFailure, type TestReport } from './report.ts';

interface Point {
  ok: boolean;
  name: string;
  directive: 'skip' | 'todo' | null;
  indent: number;
  /** Groups it is in, and whether it is one itself. */
  isGroup: boolean;
  diagnostic: string[];
}

const POINT = /^(\s*)(not ok|ok)\b(?:\s+\d+)?(?:\s+-)?\s*(.*)$/;
const SUBTEST = /^(\s*)# Subtest(?::\s*(.*))?$/;

/** TAP 12 to 14 (testanything.org), with subtests and YAML diagnostics as node prints them. Null: it is no TAP. */
export function readTap(lines: string[]): TestReport | null {
  const points = pointsOf(lines);
  if (points.length === 0 || !lines.some((line) => /^\s*(TAP version 1[34]|1\.\.\d+)/.test(line)))
    return null;
  const tests = points.filter(({ isGroup }) => !isGroup);
  const failed = tests.filter(isFailed);
  return {
    passed: tests.filter((point) => point.ok && point.directive === null).length,
    failed: failed.length,
    skipped: tests.filter(({ directive }) => directive !== null).length,
    failures: failed.slice(0, MOST_FAILURES).map(failure),
  };
}

type Named = Point & { groups: string[] };

/** Test points; one that sums subtests up is a group, unless it failed although all of them are well. */
function pointsOf(lines: string[]): Named[] {
  const points: Named[] = [];
  const groups: { indent: number; name: string; from: number }[] = [];
  for (let index = 0; index < lines.length; index++) {
    const subtest = SUBTEST.exec(lines[index]!);
    if (subtest !== null) {
      const indent = subtest[1]!.length;
      while (groups.length > 0 && groups.at(-1)!.indent >= indent) groups.pop();
      groups.push({ indent, name: unescaped(subtest[2] ?? ''), from: points.length });
      continue;
    }
    const found = POINT.exec(lines[index]!);
    if (found === null) continue;
    const indent = found[1]!.length;
    const { block, next } = blockAfter(lines, index + 1, indent);
    index = next - 1;
    while (groups.length > 0 && groups.at(-1)!.indent > indent) groups.pop();
    const own = groups.at(-1)?.indent === indent ? groups.pop()! : null;
    const inside = own === null ? [] : points.slice(own.from).filter((point) => point.indent > indent);
    points.push({
      ...pointOf(found, block),
      indent,
      groups: groups.map(({ name }) => name),
      isGroup: sumsUp(inside, found),
    });
  }
  return points;
}

function sumsUp(inside: Point[], [, , word]: RegExpExecArray): boolean {
  if (inside.length === 0) return false;
  return word === 'ok' || inside.some(isFailed);
}

function pointOf([, , word, rest]: RegExpExecArray, diagnostic: string[]) {
  const directive = /(?:^|\s)#\s*(skip|todo)\S*/i.exec(rest!);
  const name = unescaped((directive === null ? rest! : rest!.slice(0, directive.index)).trim());
  const kind = directive === null ? null : (directive[1]!.toLowerCase() as 'skip' | 'todo');
  return { ok: word === 'ok', name, directive: kind, diagnostic };
}

/** The YAML block below a test point, without its indent. */
function blockAfter(lines: string[], from: number, indent: number): { block: string[]; next: number } {
  const begin = lines[from];
  if (begin?.trim() !== '---' || begin.length - begin.trimStart().length <= indent)
    return { block: [], next: from };
  const inner = begin.length - begin.trimStart().length;
  for (let end = from + 1; end < lines.length; end++)
    if (lines[end]!.trim() === '...' && lines[end]!.length - lines[end]!.trimStart().length <= inner)
      return { block: lines.slice(from + 1, end).map((line) => line.slice(inner)), next: end + 1 };
  return { block: [], next: from };
}

/** A test that is still to be done may fail. */
function isFailed({ ok, directive }: Point): boolean {
  return !ok && directive === null;
}

function failure({ name, groups, diagnostic }: Named): TestFailure {
  const values = valuesOf(diagnostic);
  const at = /^(.+?):(\d+)(?::\d+)?$/.exec(values.get('location') ?? values.get('at') ?? '');
  return failureOf({
    name: [...groups, name].filter(Boolean).join(' > '),
    file: at?.[1] ?? values.get('file') ?? null,
    line: Number(at?.[2] ?? values.get('line') ?? 0) || null,
    message: values.get('error') ?? values.get('message') ?? '',
  });
}

/** The top level of a YAML block as test runners write it: words, quoted words, and texts of several lines. */
function valuesOf(block: string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (let index = 0; index < block.length; index++) {
    const found = /^([A-Za-z_]\w*):\s?(.*)$/.exec(block[index]!);
    if (found === null) continue;
    const isText = /^[|>][+-]?\d*$/.test(found[2]!.trim());
    const inner: string[] = [];
    while (isText && index + 1 < block.length && /^(\s+|$)/.test(block[index + 1]!))
      inner.push(block[++index]!);
    values.set(found[1]!, isText ? outdented(inner) : unquoted(found[2]!.trim()));
  }
  return values;
}

function outdented(lines: string[]): string {
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length);
  const least = Math.min(...indents, 80);
  return lines.map((line) => line.slice(least)).join('\n');
}

function unquoted(text: string): string {
  if (/^'.*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  if (!/^".*"$/.test(text)) return text;
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}

function unescaped(name: string): string {
  return name.replaceAll(/\\([#\\])/g, '$1');
}
