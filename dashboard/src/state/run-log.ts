import type { PipelineLine, StepView } from '../api/types.ts';

/** One line that a step wrote. */
export interface OutputLine {
  /** Its place in all that the step wrote, from 0. */
  index: number;
  stream: 'out' | 'err' | 'escale';
  text: string;
  /** ms since 1970. */
  at: number;
}

export type TestFailure = Extract<PipelineLine, { type: 'test-failed' }>['failure'];

/** What is known of a step by what the run told so far. */
export interface StepLog {
  name: string;
  /** The last ones, oldest first. */
  lines: readonly OutputLine[];
  /** How many there were in all. */
  count: number;
  failures: readonly TestFailure[];
  state: StepView['state'];
  reason: string;
  /** ms since 1970; null: it has not begun, or began in another run. */
  startedAt: number | null;
  /** How long it took, ms; null while it goes on. */
  ms: number | null;
  tests: { passed: number; failed: number; skipped: number } | null;
}

/** A run as its log tells it. */
export interface RunLog {
  /** In the order in which they began. */
  steps: readonly StepLog[];
  deliveries: readonly Extract<PipelineLine, { type: 'delivered' }>['delivered'][];
  end: Extract<PipelineLine, { type: 'end' }> | null;
}

export const NO_LOG: RunLog = { steps: [], deliveries: [], end: null };

/** So many lines of a step are kept on the page; all of them are on the server. */
export const LINES_KEPT = 2000;

/** The run after some more of its lines, taken together. */
export function afterLines(log: RunLog, lines: readonly PipelineLine[]): RunLog {
  const steps = new Map(log.steps.map((step) => [step.name, step]));
  const written = new Map<string, OutputLine[]>();
  const deliveries = [...log.deliveries];
  let { end } = log;
  const stepOf = (name: string) => steps.get(name) ?? begun(name);
  for (const line of lines)
    if (line.type === 'output') keep(line);
    else if (line.type === 'begun') steps.set(line.step, { ...stepOf(line.step), startedAt: line.at });
    else if (line.type === 'test-failed') {
      const step = stepOf(line.step);
      steps.set(line.step, { ...step, failures: [...step.failures, line.failure] });
    } else if (line.type === 'ended') {
      const { state, reason, ms, tests } = line;
      steps.set(line.step, { ...stepOf(line.step), state, reason, ms, tests });
    } else if (line.type === 'delivered') deliveries.push(line.delivered);
    else if (line.type === 'end') end = line;
  for (const [name, fresh] of written) {
    const step = steps.get(name)!;
    steps.set(name, {
      ...step,
      lines: [...step.lines, ...fresh].slice(-LINES_KEPT),
      count: step.count + fresh.length,
    });
  }
  return { steps: [...steps.values()], deliveries, end };

  function keep({ step: name, stream, text, at }: Extract<PipelineLine, { type: 'output' }>) {
    const step = stepOf(name);
    steps.set(name, step);
    const fresh = written.get(name) ?? [];
    fresh.push({ index: step.count + fresh.length, stream, text, at });
    written.set(name, fresh);
  }
}

function begun(name: string): StepLog {
  const nothing = { lines: [], count: 0, failures: [], reason: '', startedAt: null, ms: null, tests: null };
  return { name, state: 'running', ...nothing };
}

/** The steps of a run: what the server said once, made current by what the log told since. */
export function stepsOf(
  told: readonly StepView[],
  log: RunLog,
): (StepLog & Pick<StepView, 'kind' | 'cachedFrom' | 'artifacts'>)[] {
  const later = new Map(log.steps.map((step) => [step.name, step]));
  return told.map((step) => {
    const { name, kind, cachedFrom, artifacts } = step;
    const known = { ...begun(name), state: step.state, reason: step.reason, startedAt: step.startedAt };
    const ms = step.startedAt === null || step.endedAt === null ? null : step.endedAt - step.startedAt;
    const now = later.get(name) ?? { ...known, ms, tests: step.tests, failures: step.tests?.failures ?? [] };
    return { ...now, kind, cachedFrom, artifacts };
  });
}

/** The step whose log is shown where nobody chose one: what failed, else what goes on, else the last one that ran. */
export function stepToShow(steps: readonly Pick<StepLog, 'name' | 'state'>[]): string | null {
  const failed = steps.find(({ state }) => state === 'failed');
  const running = steps.findLast(({ state }) => state === 'running');
  const ran = steps.findLast(({ state }) => state !== 'waiting' && state !== 'skipped');
  return (failed ?? running ?? ran ?? steps[0])?.name ?? null;
}
