import type { AnswerLine, ApiProblem, Operation, Overview, Place, SystemView } from '../api/types.ts';

export type ChangeKind =
  | 'kill'
  | 'scale'
  | 'rollback'
  | 'restart'
  | 'down'
  | 'run'
  | 'promote'
  | 'approve'
  | 'refuse';

/** From one environment to another; the others are of one place. */
export const DELIVERING: readonly ChangeKind[] = ['promote', 'approve', 'refuse'];

/** Those that are done once they are answered. */
export const ANSWERED: readonly ChangeKind[] = ['down', 'refuse'];

export interface Step {
  operation: Operation;
  state: 'waiting' | 'running' | 'done' | 'failed';
  /** How long it took, ms. */
  ms: number | null;
  /** Why it failed, and what its instance said last. */
  reason: string;
  lastLines: string[];
}

/** Something a person asked for on this page, from the click to its verdict. */
export interface Change {
  id: number;
  kind: ChangeKind;
  place: Place;
  /**
   * Values for its title (`service`, `instance`, `job`, `to`, `count`, `environment`); of an answer, `approval`: its number; of a kill, `among`: the ids that were there; of a
   * job, `run`: the run that was begun.
   */
  about: Record<string, string | number>;
  /** ms since 1970, of this browser. */
  beganAt: number;
  endedAt: number | null;
  steps: Step[];
  notes: string[];
  /** The release that it goes back to after a failure; undefined while it does not. */
  returningTo?: number | null;
  /** `waiting`: for somebody's word; nothing was begun. */
  outcome: 'running' | 'done' | 'nothing' | 'waiting' | 'not-taken' | 'error';
  /** Why it was not taken. */
  reason: string;
  problem: ApiProblem | null;
  /** The instance that stands in for a killed one. */
  replacement: string | null;
}

export function beginChange(of: Pick<Change, 'id' | 'kind' | 'place' | 'about' | 'beganAt'>): Change {
  const nothingYet = { steps: [], notes: [], reason: '', problem: null, replacement: null };
  return { ...of, ...nothingYet, endedAt: null, outcome: 'running' };
}

/** The change after one more line of its answer. */
export function afterLine(change: Change, line: AnswerLine, now: number): Change {
  switch (line.type) {
    case 'note':
      return { ...change, notes: [...change.notes, line.message] };
    case 'plan':
      return { ...change, steps: line.operations.map(waitingStep) };
    case 'begin':
      return withStep(change, line, { state: 'running' });
    case 'done':
      return withStep(change, line, { state: 'done', ms: line.ms });
    case 'failed':
      return withStep(change, line, failureOf(line));
    case 'returning':
      return { ...change, returningTo: line.toRelease };
    case 'answer':
      return line.id === undefined ? change : { ...change, about: { ...change.about, run: line.id } };
    case 'result':
      return { ...change, ...verdictOf(line), endedAt: now };
    default:
      return change;
  }
}

export function afterProblem(change: Change, problem: ApiProblem, now: number): Change {
  return { ...change, outcome: 'error', problem, endedAt: now };
}

/** What pictures tell of the changes that go on after their answer: kills, and runs of jobs. */
export function afterPicture(change: Change, overview: Overview, now: number): Change {
  if (change.outcome !== 'running') return change;
  const { system, environment } = change.place;
  const found = overview.systems.find((one) => one.name === system && one.environment === environment);
  if (found === undefined) return change;
  if (change.kind === 'kill') return afterReplacement(change, found, now);
  return change.kind === 'run' ? afterRun(change, found, now) : change;
}

/** A run is over when its job's history says so. */
function afterRun(change: Change, { jobs }: SystemView, now: number): Change {
  const { job, run } = change.about;
  const found = jobs.find(({ name }) => name === job)?.runs.find(({ id }) => id === run);
  if (found === undefined || found.endedAt === null) return change;
  if (found.state === 'succeeded') return { ...change, outcome: 'done', endedAt: now };
  return { ...change, outcome: 'error', reason: found.reason, endedAt: now };
}

/** A kill is over once the instance is gone and as many as are wanted are ready again, by a new one mostly. */
function afterReplacement(change: Change, system: SystemView, now: number): Change {
  const { instance, service, among } = change.about;
  const found = system.services.find(({ name }) => name === service);
  if (found === undefined || found.instances.some(({ id }) => id === instance)) return change;
  if (found.ready < found.wanted) return change;
  const before = String(among).split(' ');
  const fresh = found.instances.find(({ id, state }) => state === 'ready' && !before.includes(id));
  return { ...change, outcome: 'done', replacement: fresh?.id ?? null, endedAt: now };
}

function waitingStep(operation: Operation): Step {
  return { operation, state: 'waiting', ms: null, reason: '', lastLines: [] };
}

function withStep(change: Change, at: { index: number; operation: Operation }, news: Partial<Step>): Change {
  const steps = [...change.steps];
  steps[at.index] = { ...(steps[at.index] ?? waitingStep(at.operation)), ...news };
  return { ...change, steps };
}

function failureOf(line: Extract<AnswerLine, { type: 'failed' }>): Partial<Step> {
  const reason = line.instance === null ? line.reason : `${line.instance}: ${line.reason}`;
  return { state: 'failed', reason, lastLines: line.lastLines };
}

function verdictOf({
  rollout,
  approval = null,
}: Extract<AnswerLine, { type: 'result' }>): Pick<Change, 'outcome' | 'reason'> {
  if (approval !== null && rollout === null) return { outcome: 'waiting', reason: '' };
  if (rollout === null) return { outcome: 'nothing', reason: '' };
  if (rollout.state === 'promoted') return { outcome: 'done', reason: '' };
  return { outcome: 'not-taken', reason: rollout.reason };
}
