import type { ChangeEnd, ProgressLine } from '../server/index.ts';
import { FAILED } from './failure.ts';
import { progressPrinter, verdict } from './progress.ts';
import { harmless, paintFor } from './text.ts';

/** Runs a change with its progress shown and says how it ended; a bad end makes the exit code 1. */
export async function showChange(
  json: boolean,
  change: (tell: (line: ProgressLine) => void) => Promise<ChangeEnd>,
): Promise<ChangeEnd> {
  const end = await change(progressPrinter({ json }));
  const { good, text } = verdict(end);
  if (json) console.log(JSON.stringify({ type: 'result', ...end }));
  else {
    const paint = paintFor(process.stdout);
    console.log(`${good ? paint.green('✓') : paint.red('✗')} ${harmless(text)}`);
  }
  if (!good) process.exitCode = FAILED;
  return end;
}
