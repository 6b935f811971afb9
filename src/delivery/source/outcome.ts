import { pathToFileURL } from 'node:url';
import type { Finding } from '../../core/manifest/file/index.ts';
import type { FoundFile } from './find.ts';
import type { Ending } from './run-child.ts';

/** What the file exported, or why there is nothing. */
export type Outcome = { value: unknown } | { findings: Finding[] };

/** Reads an ending. The report is checked like any stranger's text: it may be anything. */
export function readOutcome(ending: Ending, found: FoundFile): Outcome {
  if (ending.stopped === 'time') return failed('it took longer than 10 seconds and was stopped');
  if (ending.stopped === 'output') return failed('it said too much and was stopped');
  const report = parseReport(ending.report);
  if (report === null) return failed(silentEnd(ending));
  if (typeof report.error === 'object' && report.error !== null) return failedWith(report.error, found);
  const problems = Array.isArray(report.problems) ? report.problems : [];
  return problems.length > 0 ? { findings: problems.map(valueFinding) } : { value: report.value };
}

function parseReport(text: string): Record<string, unknown> | null {
  try {
    const report: unknown = JSON.parse(text);
    return typeof report === 'object' && report !== null && !Array.isArray(report) ? { ...report } : null;
  } catch {
    return null;
  }
}

function silentEnd({ exit, printed }: Ending): string {
  if (/heap out of memory/.test(printed) || exit === 'SIGABRT') return 'it needed more than 256 MB of memory';
  if (exit === 13) return 'it waits for something that never comes (an await without an end)';
  return `it ended (${exit}) before it exported anything`;
}

function failed(why: string, line?: number): Outcome {
  return {
    findings: [
      {
        code: 'script-failed',
        path: [],
        message: `the file can’t be evaluated: ${why}`,
        ...(line && { line }),
      },
    ],
  };
}

function failedWith(error: object, found: FoundFile): Outcome {
  const { message, stack } = { message: 'unknown', stack: '', ...error };
  const [text, line] = [String(message).slice(0, 2000), lineIn(String(stack), found.file)];
  return failed(withoutNoise(text), line);
}

/** The first line number of the file that a stack or a code frame names. */
function lineIn(stack: string, file: string): number | undefined {
  for (const name of [pathToFileURL(file).href, file]) {
    const at = stack.indexOf(`${name}:`);
    const line = at < 0 ? null : /^\d+/.exec(stack.slice(at + name.length + 1, at + name.length + 10))?.[0];
    if (line) return Number(line);
  }
  return undefined;
}

function withoutNoise(message: string): string {
  const denied = /Access to this API has been restricted/.test(message);
  return denied
    ? 'it wants what it may not: files outside its folder, network, other programs'
    : message.split('\n')[0]!;
}

function valueFinding(problem: unknown): Finding {
  const { path, message } = { path: [], message: 'not plain data', ...(problem as object) };
  const keys = Array.isArray(path) ? path.slice(0, 40).map(String) : [];
  return { code: 'script-value', path: keys, message: String(message).slice(0, 300) };
}
