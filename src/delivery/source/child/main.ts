/**
 * Runs in the child process: evaluates one `escale.config.ts` and writes what it exports to descriptor 3, as
 * `{value, problems}` or `{error: {message, stack}}`. Nothing of Escale is imported here but its neighbours.
 */
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { confine } from './confine.ts';
import { toPlain } from './plain.ts';

const [file, shim] = process.argv.slice(2) as [string, string];
const exit = process.exit.bind(process);
const { stringify } = JSON;

process.argv.length = 1;
process.on('uncaughtException', fail);
confine(file, shim);
try {
  const module: { default?: unknown } = await import(pathToFileURL(file).href);
  if (module.default === undefined)
    fail(new Error('it has no default export (export default defineSystem({ … }))'));
  report(toPlain(module.default));
} catch (error) {
  fail(error);
}

function fail(error: unknown): never {
  const isError = typeof error === 'object' && error !== null && 'message' in error;
  const { message, stack } = isError ? (error as Error) : { message: `it threw ${String(error)}`, stack: '' };
  return report({ error: { message: String(message), stack: String(stack) } });
}

function report(answer: object): never {
  const bytes = Buffer.from(stringify(answer));
  for (let written = 0; written < bytes.length; ) written += writeSome(bytes, written);
  return exit(0);
}

/** The pipe may be full for a moment (EAGAIN): wait a little, and again. */
function writeSome(bytes: Buffer, from: number): number {
  try {
    return writeSync(3, bytes, from);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    return 0;
  }
}
