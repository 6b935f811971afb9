import { linesOf } from './lines.ts';
import { pathOf } from './place-path.ts';
import { CUT_OFF, problemOf } from './problem.ts';
import type { ApiProblem, LogLine, Place, RowsAnswer, RowsQuestion, TablesAnswer } from './types.ts';

/** Something that is asked for to be shown: it is there, or why not. */
export type Answer<T> = { value: T } | { problem: ApiProblem };

/** A database of a system. */
export interface DatabaseAt {
  place: Place;
  resource: string;
}

export function askTables(
  { place, resource }: DatabaseAt,
  signal: AbortSignal,
): Promise<Answer<TablesAnswer>> {
  return ask(pathOf(place, 'databases', resource, 'tables'), { signal }, whole<TablesAnswer>);
}

export function askRows(
  { place, resource }: DatabaseAt,
  question: RowsQuestion,
  signal: AbortSignal,
): Promise<Answer<RowsAnswer>> {
  const path = pathOf(place, 'databases', resource, 'rows');
  return ask(path, { ...posted(question), signal }, whole<RowsAnswer>);
}

/** The last lines of one instance, oldest first. */
export function askLog(
  place: Place,
  { tail, ...of }: { service: string; instance: string; tail: number },
  signal: AbortSignal,
): Promise<Answer<LogLine[]>> {
  return ask(pathOf(place, 'logs'), { ...posted({ ...of, tail }), signal }, logLines);
}

/** Never rejects; an answer that the signal ended is a problem that nobody looks at. */
async function ask<T>(
  path: string,
  request: RequestInit,
  read: (response: Response) => Promise<Answer<T>>,
): Promise<Answer<T>> {
  try {
    const response = await fetch(path, request);
    return response.ok ? await read(response) : { problem: await problemOf(response) };
  } catch {
    return { problem: CUT_OFF };
  }
}

function posted(body: object): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

async function whole<T>(response: Response): Promise<Answer<T>> {
  return { value: (await response.json()) as T };
}

async function logLines(response: Response): Promise<Answer<LogLine[]>> {
  const value: LogLine[] = [];
  for await (const text of linesOf(response.body!)) {
    if (text === '') continue;
    const line = JSON.parse(text) as LogLine | { error: ApiProblem };
    if ('error' in line) return { problem: line.error };
    value.push(line);
  }
  return { value };
}
