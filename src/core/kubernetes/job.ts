import type { ResolvedJob } from '../manifest/index.ts';
import { accountOf } from './account.ts';
import { kubernetesCron } from './cron.ts';
import { type Labelled, labelsOf, metadataOf } from './labels.ts';
import { networkOfJob, policyOf } from './network/index.ts';
import type { KubernetesObject, KubernetesPart } from './object.ts';
import { podOfJob } from './pod.ts';
import { wholeSeconds } from './quantity.ts';
import type { KubernetesWish } from './wish.ts';

/** A run that could not begin so long after its time is left out, seconds. */
const LATE_SECONDS = 60;

/** A job: run before the services of a deploy start, on a schedule, or both. What both need comes with the first. */
export function renderJob(job: ResolvedJob, wish: KubernetesWish): KubernetesPart[] {
  const of: Labelled = {
    name: job.name,
    component: 'job',
    version: wish.options.programs[job.name]!.version,
  };
  const common = [accountOf(of, wish), policyOf(wish, of, networkOfJob(job, wish))];
  const run = job.beforeDeploy ? [runOf(job, of, wish)] : [];
  const scheduled = job.schedule === null ? [] : [scheduledOf(job, of, wish)];
  const parts: KubernetesPart[] = [
    { name: job.name, stage: 'jobs', objects: job.beforeDeploy ? [...common, ...run] : [] },
    { name: job.name, stage: 'services', objects: job.beforeDeploy ? scheduled : [...common, ...scheduled] },
  ];
  return parts.filter(({ objects }) => objects.length > 0);
}

function runOf(job: ResolvedJob, of: Labelled, wish: KubernetesWish): KubernetesObject {
  const { run } = wish.options.jobs;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadataOf(wish, of, run === null ? job.name : `${job.name}-${run}`),
    spec: specOf(job, wish),
  };
}

function scheduledOf(job: ResolvedJob, of: Labelled, wish: KubernetesWish): KubernetesObject {
  const { cron, timeZone, overlap } = job.schedule!;
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadataOf(wish, of),
    spec: {
      schedule: kubernetesCron(cron)!,
      timeZone,
      concurrencyPolicy: overlap ? 'Allow' : 'Forbid',
      startingDeadlineSeconds: LATE_SECONDS,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        metadata: { labels: labelsOf(wish, of) },
        spec: { ...specOf(job, wish), backoffLimit: 0 },
      },
    },
  };
}

/** A pod that a node's end took along has not failed. */
function specOf(job: ResolvedJob, wish: KubernetesWish) {
  return {
    backoffLimit: wish.options.jobs.retries,
    activeDeadlineSeconds: wholeSeconds(job.timeoutMs),
    podFailurePolicy: {
      rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
    },
    template: podOfJob(job, wish),
  };
}
