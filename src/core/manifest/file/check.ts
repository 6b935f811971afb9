import type { Finding, Places } from '../mistakes.ts';
import { pathText, toMistakes } from '../mistakes.ts';
import type { Mistake } from '../model.ts';
import { checkMeaning } from './meaning.ts';
import type { SystemFile } from './schema.ts';
import { scriptPlaces } from './script-places.ts';
import { checkShape } from './shape-check.ts';
import { checkStructure } from './structure.ts';
import { readYaml } from './yaml.ts';

/** A checked file: the model as it is written (plain JSON) when there is no mistake, else every mistake. */
export interface Checked {
  model: SystemFile | null;
  mistakes: Mistake[];
  /** What was read, right or wrong, and where it stands: for checks that need the disk. */
  value: unknown;
  places: Places;
}

/** The largest file that is read, bytes. */
export const LARGEST_FILE = 2 ** 20;

/** Checks the text of an `escale.yaml`; `file` is the name that mistakes carry. Never throws. */
export function checkYaml(text: string, file: string): Checked {
  if (text.length > LARGEST_FILE) return refuse([tooLarge()], { value: null, places: nowhere(file) });
  const { value, places, findings, readable } = readYaml(text, file);
  return readable ? checkValue({ value, places }, findings) : refuse(findings, { value: null, places });
}

/** Checks what an `escale.config.ts` exported; its text is only used to find lines. Never throws. */
export function checkScript(value: unknown, text: string, file: string): Checked {
  return checkValue({ value, places: scriptPlaces(text, file) }, []);
}

interface Read {
  value: unknown;
  places: Places;
}

function checkValue(read: Read, notation: Finding[]): Checked {
  const structure = checkStructure(read.value);
  if (structure.length > 0) return refuse([...notation, ...structure], { ...read, value: null });
  const said = new Set(notation.map(({ path }) => pathText(path)));
  const found = [...checkShape(read.value), ...checkMeaning(read.value)];
  const findings = [...notation, ...found.filter(({ path }) => !said.has(pathText(path)))];
  if (findings.length > 0) return refuse(findings, read);
  return { ...read, model: read.value as SystemFile, mistakes: [] };
}

function refuse(findings: Finding[], read: Read): Checked {
  return { ...read, model: null, mistakes: toMistakes(findings, read.places) };
}

/** The places of a file of which nothing was read. */
export function nowhere(file: string): Places {
  return { file, lineOf: () => null };
}

function tooLarge(): Finding {
  return { code: 'file-too-large', path: [], line: 1, message: 'the file is larger than 1 MiB' };
}
