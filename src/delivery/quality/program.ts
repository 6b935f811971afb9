import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const CHECK = path.join(import.meta.dirname, 'check');
const ACORN = fileURLToPath(import.meta.resolve('acorn'));

/** Puts the checks where a step's user can read them; gives the words that run them. */
export async function qualityProgram(
  tools: string,
  of: { top: string; folder: string; output: string },
): Promise<string[]> {
  await mkdir(tools, { recursive: true, mode: 0o755 });
  await cp(CHECK, path.join(tools, 'check'), {
    recursive: true,
    filter: (file) => !file.endsWith('.test.ts'),
  });
  const acorn = path.join(tools, 'acorn.mjs');
  await cp(path.join(path.dirname(ACORN), 'acorn.mjs'), acorn);
  const main = path.join(tools, 'check', 'main.ts');
  return ['node', '--disable-warning=ExperimentalWarning', main, of.top, of.folder, of.output, acorn];
}
