import { createHash } from 'node:crypto';
import type { DesiredResource, JobRun } from '../../contracts/index.ts';
import { renderJob } from '../job.ts';
import type { KubernetesObject } from '../object.ts';
import type { KubernetesWish } from '../wish.ts';
import { type ClusterOptions, withSecret } from './render.ts';
import { versionsOf } from './secrets.ts';
import { emptySystem, jobOf, resourcesOf, secretNameOf } from './system.ts';
import { RELEASE_ANNOTATION, RUN_ANNOTATION, TIMEOUT_ANNOTATION } from './words.ts';

export interface RunOptions {
  options: ClusterOptions;
  /** Those of its system. */
  resources: DesiredResource[];
  image: string;
}

const LONGEST = 63;

/** What a run is called: the same for the same id. */
export function runName({ id, job }: Pick<JobRun, 'id' | 'job'>): string {
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 10);
  return `${job.slice(0, LONGEST - hash.length - 1)}-${hash}`;
}

/** The objects of one run of a job, the run itself last. It is not tried again. */
export function renderRun(run: JobRun, { options, resources, image }: RunOptions): KubernetesObject[] {
  const { system, job: name, release, plan, timeoutMs, id } = run;
  const job = jobOf(name, { plan, timeoutMs, system });
  const wish: KubernetesWish = {
    system: { ...emptySystem(run), jobs: { [name]: job }, resources: resourcesOf(resources) },
    options: {
      ...options,
      programs: { [name]: { image, version: String(release) } },
      secret: 'secrets',
      jobs: { run: '', retries: 0 },
    },
  };
  const annotations = {
    [RUN_ANNOTATION]: id,
    [RELEASE_ANNOTATION]: String(release),
    [TIMEOUT_ANNOTATION]: String(timeoutMs),
  };
  const secret = secretNameOf(versionsOf(plan, resources));
  return renderJob(job, wish).flatMap(({ objects }) =>
    objects.map((object) =>
      object.kind === 'Job'
        ? annotated(withSecret(object, secret), { name: runName(run), annotations })
        : object,
    ),
  );
}

function annotated(
  object: KubernetesObject,
  { name, annotations }: { name: string; annotations: Record<string, string> },
): KubernetesObject {
  const spec = object.spec as { template: { metadata: object } };
  const template = { ...spec.template, metadata: { ...spec.template.metadata, annotations } };
  return { ...object, metadata: { ...object.metadata, name, annotations }, spec: { ...spec, template } };
}
