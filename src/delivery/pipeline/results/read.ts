import { readJUnit } from './junit.ts';
import type { TestReport } from './report.ts';
import { readSpec } from './spec.ts';
import { readTap } from './tap.ts';

/** What a step printed, as TAP or as node's own reporter prints it where nobody chose another one; null: neither. */
export function readOutput(lines: string[]): TestReport | null {
  const plain = lines.map(withoutColors);
  return readTap(plain) ?? readSpec(plain);
}

/** A file with results: JUnit XML or TAP. Null: neither. */
export function readResultFile(text: string): TestReport | null {
  return text.trimStart().startsWith('<') ? readJUnit(text) : readTap(text.split('\n').map(withoutColors));
}

function withoutColors(line: string): string {
  return line.replaceAll(/\x1b\[[0-9;]*m/g, '').replace(/\r$/, '');
}
