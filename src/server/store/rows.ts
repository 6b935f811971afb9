import type { SQLInputValue } from 'node:sqlite';
import type { SecretVersions } from '../../core/contracts/index.ts';
import type { Release } from '../../core/release/index.ts';
import type { Deployment, Rollout, RolloutHead, RolloutState, StoredRun } from './stored.ts';

/** A row as SQLite gives it. */
export type Row = Record<string, SQLInputValue>;

/** A release as the table `releases` has it. */
export function releaseOf(row: Row): Release {
  return {
    system: row.system as string,
    number: row.number as number,
    commit: row.commit_hash as string | null,
    dev: row.dev === 1,
    model: JSON.parse(row.model as string),
    artifacts: JSON.parse(row.artifacts as string),
    createdAt: row.created_at as number,
  };
}

/** A deployment as the table `deployments` has it. */
export function deploymentOf(row: Row): Deployment {
  return {
    system: row.system as string,
    environment: row.environment as string,
    folder: row.folder as string,
    release: row.release as number | null,
    wanted: JSON.parse(row.wanted as string),
    scaled: JSON.parse(row.scaled as string),
    ...secretsIn(row),
    up: row.up === 1,
  };
}

function secretsIn(row: Row): Pick<Deployment, 'secrets'> {
  const secrets = JSON.parse(row.secrets as string) as SecretVersions;
  return Object.keys(secrets).length === 0 ? {} : { secrets };
}

/** A rollout as the table `rollouts` has it. */
export function rolloutOf(row: Row): Rollout {
  return {
    id: row.id as number,
    system: row.system as string,
    environment: row.environment as string,
    kind: row.kind as Rollout['kind'],
    fromRelease: row.from_release as number | null,
    toRelease: row.to_release as number,
    operations: JSON.parse(row.operations as string),
    done: row.done as number,
    state: row.state as RolloutState,
    reason: row.reason as string,
    startedAt: row.started_at as number,
    endedAt: row.ended_at as number | null,
    change: JSON.parse(row.change as string),
  };
}

/** A rollout as the table has it, without what it does. */
export function rolloutHeadOf(row: Row): RolloutHead {
  return {
    id: row.id as number,
    kind: row.kind as Rollout['kind'],
    fromRelease: row.from_release as number | null,
    toRelease: row.to_release as number,
    done: row.done as number,
    of: row.steps as number,
    state: row.state as RolloutState,
    reason: row.reason as string,
    startedAt: row.started_at as number,
    endedAt: row.ended_at as number | null,
  };
}

/** The columns of a run, in the order of the table `runs`. */
export function rowOf(run: StoredRun): SQLInputValue[] {
  const { id, system, environment, job, release, cause, dueAt, startedAt, endedAt } = run;
  const { state, reason, exitCode, instance } = run;
  const when = [dueAt, startedAt, endedAt];
  return [id, system, environment, job, release, cause, ...when, state, reason, exitCode, instance];
}

/** A run as the table `runs` has it. */
export function runOf(row: Row): StoredRun {
  return {
    id: row.id as string,
    system: row.system as string,
    environment: row.environment as string,
    job: row.job as string,
    release: row.release as number,
    cause: row.cause as StoredRun['cause'],
    dueAt: row.due_at as number,
    startedAt: row.started_at as number | null,
    endedAt: row.ended_at as number | null,
    state: row.state as StoredRun['state'],
    reason: row.reason as string,
    exitCode: row.exit_code as number | null,
    instance: row.instance as string | null,
  };
}
