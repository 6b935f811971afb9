import type { Pipelines, StoredPipelineRun, StoredPipelineStep } from '../pipelines/index.ts';
import type { PipelineRunView, PipelineSummary, StepView } from './types.ts';

/** A run in a list. */
export function runSummary(run: StoredPipelineRun): PipelineSummary {
  const { id, system, repository, branch, commit, by, cause, environments, state, reason, release } = run;
  const { createdAt, startedAt, endedAt, retryOf, deliveries } = run;
  return {
    ...{ id, system, repository, branch, commit, by, cause, environments, state, reason, release },
    ...{ createdAt, startedAt, endedAt, retryOf, deliveries },
  };
}

/** A run with its steps. Throws `pipeline-unknown`. */
export function pipelineView(pipelines: Pipelines, id: number): PipelineRunView {
  const run = pipelines.run(id);
  return { ...runSummary(run), figures: run.figures, steps: pipelines.steps(id).map(stepView) };
}

function stepView(step: StoredPipelineStep): StepView {
  const { run: _, cacheKey: __, ...view } = step;
  return view;
}
