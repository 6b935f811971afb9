import type { Finding, Path } from '../mistakes.ts';

const DEEPEST = 16;
const MOST_NODES = 20_000;

/** Checks that a value is plain JSON of a bounded size, without keys that would change an object's nature. */
export function checkStructure(value: unknown): Finding[] {
  const walk: Walk = { findings: [], nodes: 0 };
  visit(value, [], walk);
  return walk.findings;
}

interface Walk {
  findings: Finding[];
  nodes: number;
}

function visit(value: unknown, path: Path, walk: Walk): void {
  if (++walk.nodes === MOST_NODES) walk.findings.push(tooLarge(path, `more than ${MOST_NODES} values`));
  if (walk.nodes >= MOST_NODES) return;
  if (path.length > DEEPEST) {
    walk.findings.push(tooLarge(path, `more than ${DEEPEST} levels`));
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => void visit(item, [...path, String(index)], walk));
  } else if (typeof value === 'object' && value !== null) {
    visitMap(value, path, walk);
  }
}

function visitMap(map: object, path: Path, walk: Walk): void {
  for (const [key, value] of Object.entries(map)) {
    if (key === '__proto__') {
      walk.findings.push({ code: 'unknown-key', path: [...path, key], message: 'unknown key "__proto__"' });
    } else visit(value, [...path, key], walk);
  }
}

function tooLarge(path: Path, what: string): Finding {
  return { code: 'file-too-large', path: path.slice(0, 3), message: `the file has ${what}` };
}
