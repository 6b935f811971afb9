import type { Row } from '../store/rows.ts';
import type { StoredPipelineRun, StoredPipelineStep } from './stored.ts';

/** A run as the table `pipeline_runs` has it. */
export function runOf(row: Row): StoredPipelineRun {
  return {
    id: row.id as number,
    system: row.system as string,
    repository: row.repository as string | null,
    branch: row.branch as string | null,
    commit: row.commit_hash as string | null,
    folder: row.folder as string,
    source: row.source as string | null,
    onlyStep: row.only_step as string | null,
    fresh: row.fresh === 1,
    by: row.asked_by as string,
    cause: row.cause as StoredPipelineRun['cause'],
    environments: JSON.parse(row.environments as string),
    retryOf: row.retry_of as number | null,
    state: row.state as StoredPipelineRun['state'],
    reason: row.reason as string,
    cancelled: row.cancelled as string | null,
    release: row.release as number | null,
    isDelivering: row.delivering === 1,
    deliveries: JSON.parse(row.deliveries as string),
    model: parsed(row.model),
    tree: row.tree as string | null,
    figures: parsed(row.figures),
    createdAt: row.created_at as number,
    startedAt: row.started_at as number | null,
    endedAt: row.ended_at as number | null,
    isCleaned: row.cleaned === 1,
  };
}

/** A step as the table `pipeline_steps` has it. */
export function stepOf(row: Row): StoredPipelineStep {
  return {
    run: row.run as number,
    name: row.name as string,
    kind: row.kind as StoredPipelineStep['kind'],
    needs: JSON.parse(row.needs as string),
    state: row.state as StoredPipelineStep['state'],
    reason: row.reason as string,
    exitCode: row.exit_code as number | null,
    cacheKey: row.cache_key as string | null,
    cachedFrom: row.cached_from as number | null,
    tests: parsed(row.tests),
    artifacts: JSON.parse(row.artifacts as string),
    startedAt: row.started_at as number | null,
    endedAt: row.ended_at as number | null,
  };
}

function parsed<Value>(text: Row[string] | undefined): Value | null {
  return typeof text === 'string' ? (JSON.parse(text) as Value) : null;
}
