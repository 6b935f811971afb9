import type * as z from 'zod';
import type { Finding, Path } from '../mistakes.ts';
import { didYouMean, pathText, valueText } from '../mistakes.ts';
import { nearest } from '../nearest.ts';
import { laterKey, laterValue } from './not-built.ts';
import { keysAt, systemSchema } from './schema.ts';
import { synonym } from './synonyms.ts';
import { valueAt } from './value-at.ts';

type Issue = z.core.$ZodIssue;

/** Every place where a value does not have the shape that the schema wants. */
export function checkShape(value: unknown): Finding[] {
  const result = systemSchema.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => findingsOf(issue, [], value));
}

function findingsOf(issue: Issue, above: Path, file: unknown): Finding[] {
  const path = [...above, ...issue.path.map(String)];
  const later = laterValue(path, valueAt(file, path));
  if (later) return [notBuilt(path, later)];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
  const deeper = issue.code === 'invalid_union' ? deeperIssues(issue.errors) : null;
  return deeper ? deeper.flatMap((each) => findingsOf(each, path, file)) : [wrongValue(issue, path, file)];
}

/** The alternative whose kind is right (a map where a map may stand): its mistakes say more than "one of these". */
function deeperIssues(alternatives: Issue[][]): Issue[] | null {
  const isKindWrong = (issue: Issue) => issue.path.length === 0 && KIND_CODES.includes(issue.code);
  return alternatives.find((issues) => issues.length > 0 && !issues.some(isKindWrong)) ?? null;
}

const KIND_CODES = ['invalid_type', 'invalid_value'];

function wrongValue(issue: Issue, path: Path, file: unknown): Finding {
  const value = valueAt(file, path);
  if (value === undefined) {
    const message = `${issue.message}, but ${JSON.stringify(path.at(-1) ?? 'file')} is missing`;
    return { code: 'missing-key', path, message };
  }
  return {
    code: 'wrong-value',
    path,
    message: `${issue.message}, got ${valueText(value)}`,
    hint: hintFor(issue, value),
    at: 'value',
  };
}

function hintFor(issue: Issue, value: unknown): string | null {
  if (value === false && /^expected true(?: \(|$)/.test(issue.message)) return 'Leave it out instead.';
  const boolean = typeof value === 'string' && /^(yes|no|on|off|y|n|true|false)$/i.test(value);
  const words = /expected true( or false)?(?: \(.*\))?$/.exec(issue.message);
  return boolean && words ? `Write true${words[1] ?? ''}, without quotes.` : null;
}

function unknownKey(parent: Path, key: string): Finding {
  const path = [...parent, key];
  const later = laterKey(parent, key);
  if (later) return notBuilt(path, later);
  const valid = keysAt(parent);
  const near = synonym(key, valid) ?? nearest(key, valid);
  const hint = didYouMean(near) ?? `Known here: ${valid.join(', ')}.`;
  return { code: 'unknown-key', path, message: `unknown key ${valueText(key)}`, hint };
}

function notBuilt(path: Path, what: string): Finding {
  return {
    code: 'not-built',
    path,
    message: `not built yet (${what})`,
    hint: `Leave ${pathText(path)} out for now.`,
  };
}
