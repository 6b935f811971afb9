import type { Checked } from '../../core/manifest/file/index.ts';
import { checkYaml, toMistakes } from '../../core/manifest/file/index.ts';
import type { Mistake } from '../../core/manifest/index.ts';
import { evaluateScript } from './evaluate.ts';
import type { FoundFile } from './find.ts';
import type { ReadSystem } from './load.ts';
import { readText } from './read.ts';
import { checkSources } from './source-check.ts';

/** Reads and checks a found file; `name` is what mistakes call it. Apart from `load.ts` because it loads zod and yaml. */
export async function readChecked(found: FoundFile, name: string): Promise<ReadSystem> {
  const text = readText(found.file);
  const checked = found.form === 'yaml' ? checkYaml(text, name) : await evaluateScript(found, text, name);
  const mistakes = withSources(checked, found.folder);
  return { ...found, model: mistakes.length === 0 ? checked.model : null, mistakes };
}

function withSources(checked: Checked, folder: string): Mistake[] {
  const onDisk = toMistakes(checkSources(checked.value, folder), checked.places);
  return [...checked.mistakes, ...onDisk].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}
