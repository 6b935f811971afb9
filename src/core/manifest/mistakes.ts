import type { ErrorCode } from '../errors/index.ts';
import { EscaleError } from '../errors/index.ts';
import type { Mistake } from './model.ts';

/** Keys from the top of the file to a place. */
export type Path = readonly string[];

/** Where things stand in the written file. */
export interface Places {
  file: string;
  /** 1-based line of a key or of its value; of the nearest place above it when it is not written; null: unknown. */
  lineOf(path: Path, of: 'key' | 'value'): number | null;
}

/** What a check tells about a mistake; its line is found from the path. */
export interface Finding {
  code: ErrorCode;
  path: Path;
  /** One sentence without its full stop, path not included: `expected true, got "http"`. */
  message: string;
  hint?: string | null;
  /** The line shown: of the key (default), or of the value. */
  at?: 'key' | 'value';
  /** 1-based, where it is known better than from the path (syntax mistakes have none). */
  line?: number;
}

/** More than this many are not told. */
export const MOST_MISTAKES = 100;

/** Findings with their lines, in the order of the file, each once. */
export function toMistakes(findings: Finding[], places: Places): Mistake[] {
  const seen = new Map<string, Mistake>();
  for (const finding of findings) {
    const mistake = toMistake(finding, places);
    const key = `${mistake.path}\n${mistake.message}`;
    if (!seen.has(key)) seen.set(key, mistake);
  }
  const sorted = [...seen.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return sorted.length > MOST_MISTAKES ? capped(sorted, places.file) : sorted;
}

function toMistake(finding: Finding, places: Places): Mistake {
  return {
    code: finding.code,
    path: pathText(finding.path),
    file: places.file,
    line: finding.line ?? places.lineOf(finding.path, finding.at ?? 'key'),
    message: finding.message,
    hint: finding.hint ?? null,
  };
}

function capped(mistakes: Mistake[], file: string): Mistake[] {
  const message = `${mistakes.length - MOST_MISTAKES} more mistakes are not shown`;
  const rest: Mistake = { code: 'too-many-mistakes', path: '', file, line: null, message, hint: null };
  return [...mistakes.slice(0, MOST_MISTAKES), rest];
}

/** `services.web.port`; a key that is no plain word stands in brackets: `routes["a.localhost/api"]`. */
export function pathText(path: Path): string {
  let text = '';
  for (const key of path) {
    const plain = /^[\w$-]{1,80}$/.test(key);
    if (!plain) text += `[${JSON.stringify(key.length > 80 ? `${key.slice(0, 80)}…` : key)}]`;
    else if (/^\d+$/.test(key)) text += `[${key}]`;
    else text += text === '' ? key : `.${key}`;
  }
  return text;
}

/** A value as a mistake shows it: short, and with its kind. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : String(value);
}

/** `Did you mean "x"?`, or null without a name. */
export function didYouMean(name: string | null): string | null {
  return name === null ? null : `Did you mean ${JSON.stringify(name)}?`;
}

/** A file with mistakes, all of them. */
export class SystemFileError extends EscaleError {
  readonly mistakes: readonly Mistake[];

  constructor(file: string, mistakes: readonly Mistake[]) {
    const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
    const line = mistakes[0]?.line;
    super('file-invalid', `${file} has ${count}`, {
      place: line ? `${file}:${line}` : file,
      details: { mistakes },
    });
    this.mistakes = mistakes;
  }
}
