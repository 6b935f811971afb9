import { linesOf } from './lines.ts';
import { pathOf } from './place-path.ts';
import { CUT_OFF, problemOf } from './problem.ts';
import type {
  ApiProblem,
  AuditEntry,
  LogLine,
  Me,
  MovePlanView,
  PipelineRunView,
  PipelineSummary,
  Place,
  ReleaseChangesView,
  RowsAnswer,
  RowsQuestion,
  TablesAnswer,
} from './types.ts';

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

/** Who looks at the page. */
export function askMe(signal: AbortSignal): Promise<Answer<Me>> {
  return ask('/api/me', { signal }, whole<Me>);
}

/** Pipeline runs of a system, or of all, newest first. */
export function askRuns(
  system: string | null,
  most: number,
  signal: AbortSignal,
): Promise<Answer<PipelineSummary[]>> {
  return ask(`/api/pipelines${searchOf({ system, most })}`, { signal }, whole<PipelineSummary[]>);
}

export function askRun(run: number, signal: AbortSignal): Promise<Answer<PipelineRunView>> {
  return ask(`/api/pipelines/${run}`, { signal }, whole<PipelineRunView>);
}

/** The same run once more; the answer is the new one. */
export function retryRun(run: number, signal: AbortSignal): Promise<Answer<PipelineSummary>> {
  return ask(`/api/pipelines/${run}/retry`, { ...posted({}), signal }, whole<PipelineSummary>);
}

export function cancelRun(run: number, signal: AbortSignal): Promise<Answer<object>> {
  return ask(`/api/pipelines/${run}/cancel`, { ...posted({}), signal }, whole<object>);
}

export function askRelease(
  { system, release, since }: { system: string; release: number; since: number | null },
  signal: AbortSignal,
): Promise<Answer<ReleaseChangesView>> {
  const path = `/api/systems/${encodeURIComponent(system)}/releases/${release}`;
  return ask(`${path}${searchOf({ since })}`, { signal }, whole<ReleaseChangesView>);
}

export interface MoveQuestion {
  kind: 'deploy' | 'promote' | 'rollback';
  release: number;
  /** Of a promotion. */
  from: string | null;
}

/** What bringing a release to an environment would do. */
export function askPlan(
  place: Place,
  move: MoveQuestion,
  signal: AbortSignal,
): Promise<Answer<MovePlanView>> {
  return ask(`${pathOf(place, 'plan')}${searchOf({ ...move })}`, { signal }, whole<MovePlanView>);
}

export interface AuditQuestion {
  system: string;
  environment: string;
  before: number | null;
  limit: number;
}

/** Who did what, newest first. */
export function askAudit(question: AuditQuestion, signal: AbortSignal): Promise<Answer<AuditEntry[]>> {
  return ask(`/api/audit${searchOf({ ...question })}`, { signal }, whole<AuditEntry[]>);
}

function searchOf(values: Record<string, string | number | null>): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== null && value !== '') said.set(name, String(value));
  return said.size === 0 ? '' : `?${said}`;
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
