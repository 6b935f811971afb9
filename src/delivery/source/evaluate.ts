import type { Checked } from '../../core/manifest/file/index.ts';
import { checkScript, scriptPlaces, toMistakes } from '../../core/manifest/file/index.ts';
import type { FoundFile } from './find.ts';
import { readOutcome } from './outcome.ts';
import { runChild } from './run-child.ts';

/** Evaluates an `escale.config.ts` in a child process that can do nothing but compute, and checks what it exports. */
export async function evaluateScript(found: FoundFile, text: string, name: string): Promise<Checked> {
  const outcome = readOutcome(await runChild(found), found);
  if ('value' in outcome) return checkScript(outcome.value, text, name);
  const places = scriptPlaces(text, name);
  return { model: null, value: null, places, mistakes: toMistakes(outcome.findings, places) };
}
