import { EscaleError } from '../errors/index.ts';
import type { SystemFile } from './file/schema.ts';
import type { ResolvedSystem } from './model.ts';
import { environmentsOf, resolveSystem } from './resolve.ts';

type Parts = Record<string, unknown>;

/** The services and jobs that are images, as people read it: `services.cache (image)`. */
export function namedContainers({ services, jobs }: { services: Parts; jobs: Parts }): string[] {
  return Object.entries({ services, jobs }).flatMap(([kind, parts]) =>
    Object.entries(parts).flatMap(([name, part]) => {
      const key = ['image', 'dockerfile'].find((each) => written(part, each) !== undefined);
      return key === undefined ? [] : [`${kind}.${name} (${key})`];
    }),
  );
}

function written(part: unknown, key: string): unknown {
  return typeof part === 'object' && part !== null && Object.hasOwn(part, key)
    ? (part as Parts)[key]
    : undefined;
}

/** Throws `needs-containers` where a system has images and its environment no engine that runs them; all of them are named. */
export function refuseContainers(model: SystemFile, { environment, engine, name }: ResolvedSystem): void {
  const containers = namedContainers({ services: model.services, jobs: model.jobs ?? {} });
  if (engine !== 'process' || containers.length === 0) return;
  const others = environmentsOf(model).filter((each) => resolveSystem(model, each).engine !== 'process');
  const here =
    environment === 'local'
      ? '`escale up --engine docker` runs it here'
      : `\`target: docker\` at environments.${environment} of the file runs it here`;
  throw new EscaleError(
    'needs-containers',
    `${environment} of ${name} is on processes, and these need containers: ${containers.join(', ')}`,
    { next: `${here}; environments on Docker: ${others.join(', ') || 'none'}.` },
  );
}
