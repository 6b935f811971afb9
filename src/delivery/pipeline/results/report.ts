/** What the tests of a step found. */
export interface TestReport {
  passed: number;
  failed: number;
  skipped: number;
  /** The first ones, at most `MOST_FAILURES`. */
  failures: TestFailure[];
}

export interface TestFailure {
  /** With the groups that it is in: `cart > adds an item`. */
  name: string;
  /** Relative to the checkout where it lies in it. */
  file: string | null;
  /** 1-based. */
  line: number | null;
  /** Its first lines. */
  message: string;
}

export const MOST_FAILURES = 50;
const MOST_LINES = 12;
const LONGEST_MESSAGE = 2000;
const LONGEST_NAME = 300;

export const NO_TESTS: TestReport = { passed: 0, failed: 0, skipped: 0, failures: [] };

/** A failure as it is kept: bounded, whatever a program wrote. */
export function failureOf({ name, file, line, message }: TestFailure): TestFailure {
  const lines = message.trim().split('\n');
  const first = lines.slice(0, MOST_LINES).join('\n').slice(0, LONGEST_MESSAGE);
  const isCut = lines.length > MOST_LINES || message.trim().length > LONGEST_MESSAGE;
  return {
    name: name.slice(0, LONGEST_NAME),
    file: file?.slice(0, LONGEST_NAME) ?? null,
    line: line !== null && Number.isSafeInteger(line) && line > 0 ? line : null,
    message: isCut ? `${first}\n…` : first,
  };
}

/** All of them together; null where there is none. */
export function mergeReports(reports: TestReport[]): TestReport | null {
  const [first, ...others] = reports;
  if (first === undefined) return null;
  return others.reduce(
    (sum, { passed, failed, skipped, failures }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
      failures: [...sum.failures, ...failures].slice(0, MOST_FAILURES),
    }),
    first,
  );
}
