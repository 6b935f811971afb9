import { linesOf } from './lines.ts';
import { pathOf } from './place-path.ts';
import { CUT_OFF, problemOf } from './problem.ts';
import type { AnswerLine, ApiProblem, Place } from './types.ts';

/** Something a person asked for: where it is sent, and with what. */
export interface ChangeRequest {
  path: string;
  body: object;
}

export function changeOf(place: Place, what: string, body: object): ChangeRequest {
  return { path: pathOf(place, what), body };
}

export function killOf(instance: string): ChangeRequest {
  return { path: `/api/instances/${encodeURIComponent(instance)}/kill`, body: {} };
}

export function runOf(place: Place, job: string): ChangeRequest {
  return { path: pathOf(place, 'jobs', job, 'run'), body: {} };
}

/** A release of another environment comes to this one. */
export function promotionOf(place: Place, from: string, release: number): ChangeRequest {
  return changeOf(place, 'promote', { from, release });
}

export function decisionOf(approval: number, word: 'approve' | 'refuse'): ChangeRequest {
  return { path: `/api/approvals/${approval}/${word}`, body: {} };
}

/** Asks for a change and tells its progress line by line; null when it got to its end, else what was wrong. */
export async function send(
  { path, body }: ChangeRequest,
  tell: (line: AnswerLine) => void,
): Promise<ApiProblem | null> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) return await problemOf(response);
    const isLines = response.headers.get('content-type')?.includes('ndjson') ?? false;
    if (isLines && response.body !== null) return await readLines(response.body, tell);
    const { id } = (await response.json()) as { id?: string };
    tell({ type: 'answer', ...(id === undefined ? {} : { id }) });
    return null;
  } catch {
    return CUT_OFF;
  }
}

async function readLines(
  body: ReadableStream<Uint8Array>,
  tell: (line: AnswerLine) => void,
): Promise<ApiProblem | null> {
  for await (const text of linesOf(body)) {
    if (text === '') continue;
    const line = JSON.parse(text) as AnswerLine | { error: ApiProblem };
    if ('error' in line) return line.error;
    tell(line);
    if (line.type === 'result') return null;
  }
  return CUT_OFF;
}
