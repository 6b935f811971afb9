import { linesOf } from './lines.ts';
import type { AnswerLine, ApiProblem, Place } from './types.ts';

/** Something a person asked for: where it is sent, and with what. */
export interface ChangeRequest {
  path: string;
  body: object;
}

export function changeOf(place: Place, what: string, body: object): ChangeRequest {
  const system = encodeURIComponent(place.system);
  const environment = encodeURIComponent(place.environment);
  return { path: `/api/systems/${system}/environments/${environment}/${what}`, body };
}

export function killOf(instance: string): ChangeRequest {
  return { path: `/api/instances/${encodeURIComponent(instance)}/kill`, body: {} };
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
    return isLines && response.body !== null ? await readLines(response.body, tell) : null;
  } catch {
    return { code: 'cut-off', message: '' };
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
  return { code: 'cut-off', message: '' };
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const answer = (await response.json().catch(() => null)) as { error?: ApiProblem } | null;
  return answer?.error ?? { code: 'http', message: `HTTP ${response.status}` };
}
