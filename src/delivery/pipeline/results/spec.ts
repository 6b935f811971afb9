import { failureOf, MOST_FAILURES, type TestFailure, type TestReport } from './report.ts';

/**
 * What `node --test` prints where nobody chose a reporter, on a terminal or not. Several runs one after the other (of
 * workspaces) are added up. Null: it is not that.
 */
export function readSpec(lines: string[]): TestReport | null {
  const sums = sumsOf(lines);
  if (sums === null) return null;
  return { ...sums, failures: failuresOf(lines).slice(0, MOST_FAILURES) };
}

function sumsOf(lines: string[]): Omit<TestReport, 'failures'> | null {
  const of = (word: string) => {
    const found = lines
      .map((line) => new RegExp(`^ℹ ${word} (\\d+)$`).exec(line)?.[1])
      .filter((text) => text !== undefined);
    return found.length === 0 ? null : found.reduce((sum, text) => sum + Number(text), 0);
  };
  const [passed, failed, cancelled, skipped, todo] = ['pass', 'fail', 'cancelled', 'skipped', 'todo'].map(of);
  if (passed == null || failed == null) return null;
  return { passed, failed: failed + (cancelled ?? 0), skipped: (skipped ?? 0) + (todo ?? 0) };
}

const AT = /^test at (.+):(\d+):\d+$/;
const NAME = /^✖ (.+?)(?: \(\d+(?:\.\d+)?ms\))?(?: # .*)?$/;

/** `test at FILE:LINE:COLUMN`, then `✖ NAME`, then what happened, further in. */
function failuresOf(lines: string[]): TestFailure[] {
  const failures: TestFailure[] = [];
  for (let index = 0; index < lines.length; index++) {
    const at = AT.exec(lines[index]!);
    const name = NAME.exec(lines[index + 1] ?? '');
    if (at === null || name === null) continue;
    let end = index + 2;
    while (end < lines.length && /^(\s|$)/.test(lines[end]!)) end++;
    const message = lines.slice(index + 2, end).map((line) => line.replace(/^ {2}/, ''));
    failures.push(
      failureOf({ name: name[1]!, file: at[1]!, line: Number(at[2]), message: withoutStack(message) }),
    );
    index = end - 1;
  }
  return failures;
}

/** What happened, without where the runner was. */
function withoutStack(lines: string[]): string {
  const stack = lines.findIndex((line) => /^\s+at /.test(line));
  return (stack <= 0 ? lines : lines.slice(0, stack)).join('\n');
}
