import { hasEnded, type PipelineRunState, type StepFacts } from './step.ts';

/** What is next in a run. */
export interface Advance {
  /** Steps that may begin now. */
  begin: string[];
  /** Steps that never will: something that they need did not succeed. */
  skip: string[];
  /** What the run has ended as; null: it goes on. */
  end: Exclude<PipelineRunState, 'waiting' | 'running'> | null;
}

/** Steps × what became of them → what is next. Level-triggered: the same picture, the same answer. */
export function advance(steps: StepFacts[], run: { isCancelled: boolean; free: number }): Advance {
  if (steps.every(hasEnded)) return { begin: [], skip: [], end: endOf(steps, run.isCancelled) };
  const waiting = steps.filter(({ state }) => state === 'waiting');
  if (run.isCancelled) return { begin: [], skip: [], end: null };
  const named = new Map(steps.map((step) => [step.name, step]));
  const needsOf = (step: StepFacts) =>
    step.needs.map((name) => named.get(name)).filter((need) => need !== undefined);
  const skip = waiting
    .filter((step) => needsOf(step).some((need) => isInTheWay(need, step)))
    .map(({ name }) => name);
  const ready = waiting.filter(
    (step) => needsOf(step).every((need) => isThrough(need, step)) && !skip.includes(step.name),
  );
  return { begin: withinCores(ready, run.free), skip, end: null };
}

/** Only steps that work hard count: Escale's own wait for something most of the time. */
function withinCores(ready: StepFacts[], free: number): string[] {
  let left = free;
  return ready.filter((step) => !isHard(step) || left-- > 0).map(({ name }) => name);
}

/** Whether a step takes a place among those that run at once. */
export function isHard({ kind }: Pick<StepFacts, 'kind'>): boolean {
  return kind === 'command' || kind === 'quality';
}

function isInTheWay(need: StepFacts, of: StepFacts): boolean {
  return hasEnded(need) && !isThrough(need, of);
}

/** What only reports comes after the tests, whatever became of them, and holds nobody up. */
function isThrough(need: StepFacts, of: StepFacts): boolean {
  const hasMerelyEnded = onlyReports(of) && need.kind === 'command' && hasEnded(need);
  return succeeded(need) || onlyReports(need) || hasMerelyEnded;
}

function endOf(steps: StepFacts[], isCancelled: boolean): Advance['end'] {
  if (isCancelled || steps.some(({ state }) => state === 'cancelled')) return 'cancelled';
  return steps.every((step) => succeeded(step) || onlyReports(step)) ? 'succeeded' : 'failed';
}

function succeeded({ state }: StepFacts): boolean {
  return state === 'succeeded' || state === 'cached';
}

function onlyReports({ kind }: StepFacts): boolean {
  return kind === 'quality';
}
