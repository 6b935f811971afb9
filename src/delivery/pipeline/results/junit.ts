import sax from 'sax';
import { failureOf, MOST_FAILURES, type TestFailure, type TestReport } from './report.ts';

interface Case {
  name: string;
  file: string | null;
  line: number | null;
  outcome: 'passed' | 'failed' | 'skipped';
  message: string;
  text: string;
}

const LONGEST_TEXT = 20_000;

/** JUnit XML as test runners write it. Null: it is none, or damaged. A DTD is refused: no test needs one. */
export function readJUnit(xml: string): TestReport | null {
  const parser = sax.parser(true, { trim: false, position: false });
  const report = { passed: 0, failed: 0, skipped: 0, failures: [] as TestFailure[] };
  const suites: string[] = [];
  let now: Case | null = null;
  let isCollecting = false;
  let isJUnit = false;
  parser.onerror = (error) => {
    throw error;
  };
  parser.ondoctype = () => {
    throw new Error('a DTD');
  };
  parser.onopentag = ({ name, attributes }) => {
    const at = attributes as Record<string, string>;
    if (name === 'testsuites' || name === 'testsuite') isJUnit = true;
    if (name === 'testsuite') suites.push(at.name ?? '');
    if (name === 'testcase') now = caseOf(at, suites);
    if (now === null || (name !== 'failure' && name !== 'error' && name !== 'skipped')) return;
    now.outcome = name === 'skipped' ? 'skipped' : 'failed';
    now.message = at.message ?? '';
    isCollecting = now.outcome === 'failed';
  };
  const collect = (text: string) => {
    if (isCollecting && now !== null && now.text.length < LONGEST_TEXT) now.text += text;
  };
  parser.ontext = collect;
  parser.oncdata = collect;
  parser.onclosetag = (name) => {
    if (name === 'testsuite') suites.pop();
    if (name === 'failure' || name === 'error') isCollecting = false;
    if (name !== 'testcase' || now === null) return;
    report[now.outcome] += 1;
    if (now.outcome === 'failed' && report.failures.length < MOST_FAILURES)
      report.failures.push(failure(now));
    now = null;
  };
  try {
    parser.write(xml).close();
  } catch {
    return null;
  }
  return isJUnit ? report : null;
}

function caseOf(at: Record<string, string>, suites: string[]): Case {
  const own = [at.classname, ...suites.toReversed()].find(
    (name) => name !== undefined && name !== '' && name !== 'test',
  );
  const groups = suites.filter((name) => name !== '' && name !== at.name).length > 0 ? suites : [own ?? ''];
  return {
    name: [...groups.filter(Boolean), at.name ?? ''].join(' > '),
    file: at.file ?? null,
    line: Number(at.line) || null,
    outcome: 'passed',
    message: '',
    text: '',
  };
}

/** Where it failed stands in its text, for runners that do not say it apart. */
function failure({ name, file, line, message, text }: Case): TestFailure {
  const place = placeIn(text, file);
  return failureOf({
    name,
    file: file ?? place?.file ?? null,
    line: line ?? place?.line ?? null,
    message: message || text,
  });
}

function placeIn(text: string, file: string | null): { file: string; line: number } | null {
  const found = text.matchAll(/((?:[A-Za-z]:)?[\w./@ +-]*[\w-]+\.(?:[cm]?[jt]sx?|py|rb|php|java|go)):(\d+)/g);
  for (const [, name, line] of found)
    if (file === null || name!.endsWith(file) || file.endsWith(name!))
      return { file: name!, line: Number(line) };
  return null;
}
