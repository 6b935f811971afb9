import { DEFAULTS } from './defaults.ts';
import { parseDuration } from './duration.ts';
import type { PipelineFile, SystemFile } from './file/schema.ts';
import type { ResolvedPipeline, ResolvedStep } from './model.ts';
import { resolveCommand, resolveLimits, resolveSource } from './resolve.ts';

type StepFile = Exclude<PipelineFile[string], boolean | string | string[]>;

/** The steps of a checked file. */
export function resolvePipeline(model: SystemFile): ResolvedPipeline {
  const written = Object.entries(model.pipeline ?? {}).flatMap(([name, value]) =>
    typeof value === 'boolean' ? [] : [{ name, step: asStep(value) }],
  );
  // `build` makes what is delivered: it comes after everything that may still refuse the commit.
  const tests = written.filter(({ name }) => name !== 'build');
  const steps = tests.map(({ name, step }, index) => resolveStep(name, step, tests[index - 1]?.name ?? null));
  const build = written.find(({ name }) => name === 'build');
  const all = tests.map(({ name }) => name);
  const last = build && { ...resolveStep('build', build.step, null), needs: build.step.needs ?? all };
  const quality = model.pipeline?.quality;
  return {
    steps: [...inOrder(steps), ...(last ? [last] : [])],
    standardQuality: quality === undefined || quality === true,
  };
}

function asStep(value: Exclude<PipelineFile[string], boolean>): StepFile {
  return typeof value === 'string' || Array.isArray(value) ? { command: value } : value;
}

function resolveStep(name: string, step: StepFile, before: string | null): ResolvedStep {
  const limits = resolveLimits(step.limits);
  const { timeoutMs, limits: usual } = DEFAULTS.step;
  return {
    name,
    source: resolveSource(step.source ?? DEFAULTS.source),
    command: resolveCommand(step.command),
    needs: [...(step.needs ?? (before === null ? [] : [before]))],
    uses: [...(step.uses ?? [])],
    env: Object.fromEntries(Object.entries(step.env ?? {}).map(([key, value]) => [key, String(value)])),
    results: [...(step.results ?? [])],
    artifacts: [...(step.artifacts ?? [])],
    cache: [...(step.cache ?? [])],
    timeoutMs: (step.timeout === undefined ? null : parseDuration(step.timeout)) ?? timeoutMs,
    limits: {
      memoryBytes: limits.memoryBytes ?? usual.memoryBytes,
      cpu: limits.cpu ?? usual.cpu,
      processes: limits.processes ?? usual.processes,
      diskBytes: limits.diskBytes ?? usual.diskBytes,
    },
  };
}

/** Each after those that it needs, otherwise as written. A checked file has no circle. */
function inOrder(steps: ResolvedStep[]): ResolvedStep[] {
  const ordered: ResolvedStep[] = [];
  const add = (step: ResolvedStep): void => {
    if (ordered.includes(step)) return;
    for (const need of step.needs) {
      const needed = steps.find(({ name }) => name === need);
      if (needed !== undefined) add(needed);
    }
    ordered.push(step);
  };
  for (const step of steps) add(step);
  return ordered;
}
