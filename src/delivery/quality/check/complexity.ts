import { stripTypeScriptTypes } from 'node:module';
import type * as Acorn from 'acorn';
import type { Checked, Finding } from './finding.ts';
import type { Source } from './sources.ts';

/** Ways through a function, and its lines, above which it is told of. */
const MOST_WAYS = 10;
const MOST_LINES = 60;

interface Fn {
  name: string;
  line: number;
  lines: number;
  ways: number;
}

/** How many ways lead through each function (McCabe), and how long it is. */
export function checkComplexity(sources: Source[], acorn: typeof Acorn): Checked {
  const functions = sources
    .filter(({ language, isTest }) => language !== 'python' && !isTest)
    .flatMap((source) => functionsOf(source, acorn).map((fn) => ({ ...fn, file: source.file })));
  const hard = functions.filter(({ ways }) => ways > MOST_WAYS);
  const long = functions.filter(({ ways, lines }) => ways <= MOST_WAYS && lines > MOST_LINES);
  return {
    ...{ check: 'complexity', by: 'Escale', skipped: null },
    findings: [
      ...hard.map((fn) => finding(fn, 'ways', `${fn.name}: ${fn.ways} ways through it (${fn.lines} lines)`)),
      ...long.map((fn) => finding(fn, 'lines', `${fn.name}: ${fn.lines} lines`)),
    ],
    figures: {
      functions: functions.length,
      hardFunctions: hard.length,
      mostWays: functions.reduce((most, { ways }) => Math.max(most, ways), 0),
    },
  };
}

function finding({ file, line }: Fn & { file: string }, rule: string, message: string): Finding {
  return { check: 'complexity', severity: 'warning', file, line, rule, message };
}

/** Syntax that is not JavaScript's once the types are gone (JSX, enums) is left out. */
function functionsOf(source: Source, acorn: typeof Acorn): Fn[] {
  try {
    const tree = acorn.parse(plain(source), OPTIONS);
    const found: Fn[] = [];
    visit(tree as unknown as Node, null, 'a function', found);
    return found;
  } catch {
    return [];
  }
}

export const OPTIONS: Acorn.Options = {
  ...{ ecmaVersion: 'latest', sourceType: 'module', locations: true },
  ...{ allowHashBang: true, allowReturnOutsideFunction: true, allowAwaitOutsideFunction: true },
};

/** Types become blanks, so that every line stays where it is. */
export function plain({ text, language }: Source): string {
  return language === 'typescript' ? stripTypeScriptTypes(text) : text;
}

interface Node {
  type: string;
  loc: { start: { line: number }; end: { line: number } };
  operator?: string;
  test?: unknown;
  [key: string]: unknown;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const WAYS = new Set([
  ...[
    'IfStatement',
    'ForStatement',
    'ForInStatement',
    'ForOfStatement',
    'WhileStatement',
    'DoWhileStatement',
  ],
  ...['ConditionalExpression', 'CatchClause', 'LogicalExpression'],
]);

function visit(node: Node, fn: Fn | null, name: string, found: Fn[]): void {
  let inside = fn;
  if (FUNCTIONS.has(node.type)) {
    const { start, end } = node.loc;
    inside = { name: nameOf(node) ?? name, line: start.line, lines: end.line - start.line + 1, ways: 1 };
    found.push(inside);
  } else if (inside !== null && (WAYS.has(node.type) || (node.type === 'SwitchCase' && node.test !== null)))
    inside.ways += 1;
  const own = nameOf(node) ?? name;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'loc') continue;
    for (const child of Array.isArray(value) ? value : [value])
      if (isNode(child)) visit(child, inside, own, found);
  }
}

/** Of a declaration, a method, or what a function is given to. */
function nameOf({ id, key }: Node): string | null {
  for (const named of [id, key]) if (isNode(named) && typeof named.name === 'string') return named.name;
  return null;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}
