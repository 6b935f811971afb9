import { EscaleError } from '../../errors/index.ts';
import {
  type ChosenRouting,
  type KubernetesOptions,
  type KubernetesWish,
  namespaceOf,
  type PostgresChoice,
  type RenderedProgram,
} from '../../kubernetes/index.ts';
import type { ResolvedSystem } from '../../manifest/index.ts';
import { POSTGRES_IMAGE } from '../base-images.ts';
import { imagesOf } from '../program-image.ts';

/** The name of the gateway's image, for an overlay to fill in. */
const GATEWAY_IMAGE = 'escale/gateway';
/** The Secret that people make before they apply the files. */
const SECRET = 'secrets';
/** A little longer than clusters take to tell every node that an instance goes, seconds. */
const SLEEP_SECONDS = 10;
/** Whoever applies files starts the database and the job that needs it at once. */
const RETRIES = 6;

/** What whoever takes the files over chooses beside the file. */
export interface HandOverChoice extends Pick<KubernetesOptions, 'storage' | 'outbound'> {
  routing: ChosenRouting;
  /** Of Escale's own gateway, where that is the way in; null: its name, to be filled in. */
  gatewayImage: string | null;
  /** Null: after the system and its environment. */
  namespace: string | null;
  /** `image` null: the usual one. `instances` is for the operator only. */
  postgres: { kind: PostgresChoice['kind']; image: string | null; instances: number };
  /** References by name of service or job, as `escale image push` says them; null: the images have names to be filled in. */
  images: Record<string, string> | null;
}

/** What stands in files when nothing is chosen: what every cluster has, but for the Gateway. */
export const USUAL_CHOICE: HandOverChoice = {
  namespace: null,
  routing: { kind: 'gateway-api', gateway: { name: 'gateway', namespace: 'gateway' } },
  postgres: { kind: 'stateful-set', image: null, instances: 3 },
  storage: { size: '10Gi', className: null },
  outbound: false,
  gatewayImage: null,
  images: null,
};

/**
 * The wish for files that others apply: no release is known, and jobs may come before what they need. Throws
 * `kubernetes-choice` where images were given, but not of every service and job.
 */
export function handOverWish(system: ResolvedSystem, choice: HandOverChoice): KubernetesWish {
  const { namespace, images, routing, gatewayImage, postgres, storage, outbound } = choice;
  return {
    system,
    options: {
      ...{ storage, outbound },
      routing:
        routing.kind === 'escale-gateway' ? { ...routing, image: gatewayImage ?? GATEWAY_IMAGE } : routing,
      postgres: postgresChoice(postgres),
      namespace: namespace ?? namespaceOf(system.name, system.environment),
      programs: images === null ? namedPrograms(system) : pushedPrograms(system, images),
      secret: SECRET,
      sleepSeconds: SLEEP_SECONDS,
      jobs: { run: null, retries: RETRIES },
    },
  };
}

/** What was chosen of a database, with the usual image where none was named. */
export function postgresChoice({ kind, image, instances }: HandOverChoice['postgres']): PostgresChoice {
  return kind === 'stateful-set' ? { kind, image: image ?? POSTGRES_IMAGE } : { kind, image, instances };
}

/** The images that the rendered Dockerfiles make. */
function namedPrograms(system: ResolvedSystem): Record<string, RenderedProgram> {
  const programs = imagesOf(system).flatMap((image) =>
    image.programs.map(({ name }) => [name, `${system.name}/${image.name}`]),
  );
  return Object.fromEntries(
    programs.map(([name, image]) => [name, { image, version: null, fileServer: 'nginx' }]),
  );
}

function pushedPrograms(
  { name: system, services, jobs }: ResolvedSystem,
  images: Record<string, string>,
): Record<string, RenderedProgram> {
  const programs = [...Object.keys(services), ...Object.keys(jobs)];
  const missing = programs.filter((name) => !Object.hasOwn(images, name));
  if (missing.length > 0)
    throw new EscaleError(
      'kubernetes-choice',
      `there is no image of ${system}/${missing.join(`, ${system}/`)}`,
      {
        next: 'Push the images of all services and jobs at once: escale image push --json.',
      },
    );
  return Object.fromEntries(
    programs.map((name) => [name, { image: images[name]!, version: null, fileServer: 'escale' }]),
  );
}
