import { EscaleError } from '../core/errors/index.ts';
import { harmless, paintFor } from './text.ts';

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
    return void console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  console.error(`${paint.red('✗')} ${harmless(error.message)}`);
  if (error.place) console.error(`  ${paint.dim('where')} ${harmless(error.place)}`);
  if (error.next) console.error(`  ${paint.dim('next')}  ${error.next}`);
  console.error(`  ${paint.dim('code')}  ${error.code}`);
}

function jsonOf(error: unknown): object {
  if (!(error instanceof EscaleError)) return { code: 'bug', message: String(error) };
  const { code, message, place, next, details } = error;
  return { code, message, place, next, details };
}
