import { type PipelineRunView, type PipelineSummary, type StepView, testsText } from '../server/index.ts';
import { duration, harmless, type Paint, table } from './text.ts';

/** A run as a row of a table. */
export function runLine(run: PipelineSummary, now: number, paint: Paint): string[] {
  const { id, system, state, branch, commit, createdAt, startedAt, endedAt, reason, release } = run;
  const took = startedAt === null ? '' : duration((endedAt ?? now) - startedAt);
  const what = commit === null ? 'a folder' : `${branch ?? ''} ${commit.slice(0, 12)}`.trim();
  return [
    String(id),
    harmless(system),
    colored(state, paint),
    `${duration(Math.max(0, now - createdAt))} ago`,
    took,
    harmless(what),
    release === null ? '' : `release ${release}`,
    harmless(reason.split('\n')[0] ?? ''),
  ];
}

/** A run, step by step. */
export function runText(run: PipelineRunView, now: number, paint: Paint): string {
  const rows = run.steps.map((step) => stepLine(step, now, paint));
  const head = table([runLine(run, now, paint)]);
  const failures = run.steps.flatMap((step) =>
    (step.tests?.failures ?? []).map(({ name, file, line, message }) => {
      const place = file === null ? '' : `  ${line === null ? file : `${file}:${line}`}`;
      const lines = message === '' ? [] : message.split('\n').map((text) => `      ${text}`);
      return [`    ${paint.red('✗')} ${name}${place}`, ...lines].map(harmless).join('\n');
    }),
  );
  return [head, table(rows), ...failures].filter(Boolean).join('\n');
}

function stepLine(step: StepView, now: number, paint: Paint): string[] {
  const { name, state, startedAt, endedAt, tests, reason } = step;
  const took = startedAt === null || state === 'cached' ? '' : duration((endedAt ?? now) - startedAt);
  return [
    `  ${harmless(name)}`,
    colored(state, paint),
    took,
    tests === null ? '' : testsText(tests),
    harmless(reason.split('\n')[0] ?? ''),
  ];
}

function colored(state: string, paint: Paint): string {
  const color = { succeeded: paint.green, cached: paint.green, failed: paint.red, running: paint.cyan }[
    state
  ];
  return (color ?? paint.yellow)(state);
}
