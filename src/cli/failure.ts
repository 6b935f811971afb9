import { EscaleError } from '../core/errors/index.ts';
import { formatMistakes, type Mistake } from '../core/manifest/index.ts';
import { withSourcePlaces } from './source-places.ts';
import { harmless, paintFor, wantsColor } from './text.ts';

/** Exit codes: 1 what was asked did not come about, 2 it was asked wrongly. */
export const FAILED = 1;
export const MISUSED = 2;

/** Prints what went wrong so that a newcomer knows the next step; a stack trace only for a bug of Escale's own. */
export function printFailure(error: unknown, json: boolean): void {
  if (json) return void console.log(JSON.stringify({ error: jsonOf(error) }));
  const paint = paintFor(process.stderr);
  if (!(error instanceof EscaleError)) {
    console.error(
      `${paint.red('✗')} This is a bug of Escale. Please report it with what you did and these lines:`,
    );
    return void console.error(
      error instanceof Error ? withSourcePlaces(error.stack ?? error.message) : String(error),
    );
  }
  console.error(`${paint.red('✗')} ${harmless(error.message)}`);
  const mistakes = mistakesOf(error);
  if (mistakes.length > 0) console.error(formatMistakes(mistakes, { color: wantsColor(process.stderr) }));
  else if (error.place) console.error(`  ${paint.dim('where')} ${harmless(error.place)}`);
  console.error(`  ${paint.dim('next')}  ${error.next}`);
  console.error(`  ${paint.dim('code')}  ${error.code}`);
}

function mistakesOf(error: EscaleError): Mistake[] {
  return (error.details as { mistakes?: Mistake[] }).mistakes ?? [];
}

function jsonOf(error: unknown): object {
  return error instanceof EscaleError ? error.toJSON() : { code: 'bug', message: String(error) };
}

/** What the command exits with after an error. */
export function exitCodeOf(error: unknown): number {
  return error instanceof EscaleError ? error.exitCode : FAILED;
}
