import type { Document, ParsedNode, YAMLError } from 'yaml';
import { LineCounter, parseAllDocuments } from 'yaml';
import type { Finding, Places } from '../mistakes.ts';
import { YamlReader } from './yaml-reader.ts';

/** What a YAML text says, as plain JSON, with the places of everything in it. */
export interface YamlFile {
  value: unknown;
  places: Places;
  /** Mistakes of the notation: syntax, doubled keys, keys that are no text. */
  findings: Finding[];
  /** False when the notation is so wrong that the value says nothing. */
  readable: boolean;
}

/** Reads YAML 1.2 into plain JSON. Aliases are followed within bounds, `<<` merges, no tag makes an object. Never throws. */
export function readYaml(text: string, file: string): YamlFile {
  const counter = new LineCounter();
  const reader = new YamlReader((offset) => counter.linePos(offset).line);
  const places = { file, lineOf: reader.lineOf.bind(reader) };
  const unreadable = (findings: Finding[]) => ({ value: null, places, findings, readable: false });
  try {
    const document = soleDocument(text, counter);
    if (Array.isArray(document)) return unreadable(document);
    const value = reader.read(document.contents);
    return { value, places, findings: reader.findings, readable: !reader.stopped };
  } catch (error) {
    if (error instanceof RangeError) return unreadable([tooDeep()]);
    throw error;
  }
}

function soleDocument(text: string, counter: LineCounter): Document.Parsed | Finding[] {
  const options = {
    lineCounter: counter,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'silent',
  } as const;
  const documents = parseAllDocuments(text.replace(/^\uFEFF/, ''), options);
  if ('empty' in documents || documents[0] === undefined) return [emptyFile()];
  const [first, second] = documents;
  const problems = [...first.errors, ...first.warnings];
  if (problems.length > 0) return problems.slice(0, 20).map((problem) => syntaxMistake(problem, counter));
  if (first.directives.yaml.explicit && first.directives.yaml.version !== '1.2') return [otherVersion()];
  if (second) return [severalDocuments(second.range[0], counter)];
  return isNothing(first.contents) ? [emptyFile()] : first;
}

function isNothing(node: ParsedNode | null): boolean {
  return node === null || ('source' in node && node.source === '');
}

function syntaxMistake(problem: YAMLError, counter: LineCounter): Finding {
  if (/call stack/i.test(problem.message)) return tooDeep();
  const tab = problem.code === 'TAB_AS_INDENT';
  const message = problem.message.split('\n')[0]!.replace(/\.$/, '');
  return {
    code: tab ? 'yaml-tab' : 'yaml-syntax',
    path: [],
    line: counter.linePos(problem.pos[0]).line,
    message: tab ? 'a tab indents this line' : `not YAML: ${message}`,
    hint: tab ? 'YAML is indented with spaces only.' : null,
  };
}

function emptyFile(): Finding {
  return {
    code: 'file-empty',
    path: [],
    line: 1,
    message: 'the file is empty',
    hint: 'Run escale init --force to write a first one.',
  };
}

function tooDeep(): Finding {
  return { code: 'file-too-large', path: [], line: 1, message: 'the file is nested too deeply' };
}

function otherVersion(): Finding {
  const hint = 'Leave the %YAML line out.';
  return { code: 'yaml-syntax', path: [], line: 1, message: 'expected YAML 1.2', hint };
}

function severalDocuments(offset: number, counter: LineCounter): Finding {
  const line = counter.linePos(offset).line;
  return {
    code: 'yaml-syntax',
    path: [],
    line,
    message: 'a second document begins here (---); a system has one',
  };
}
