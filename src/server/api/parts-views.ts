import type { ObservedResource } from '../../core/contracts/index.ts';
import type { ResolvedResource, ResolvedSystem } from '../../core/manifest/index.ts';
import { nextRun } from '../../core/schedule/index.ts';
import type { Place } from '../place.ts';
import type { Store } from '../store/index.ts';
import type { CallView, JobView, ResourceView, ServiceView } from './types.ts';

const RUNS_SHOWN = 10;

/** What the views of a system's parts are made of. */
export interface PartsInput {
  place: Place;
  up: boolean;
  resolved: ResolvedSystem;
  /** What the engine shows of its resources. */
  observed: ObservedResource[];
  store: Store;
  now: number;
}

export function resourceViews(input: PartsInput): ResourceView[] {
  return Object.values(input.resolved.resources).map((resource) => resourceView(resource, input));
}

function resourceView(
  { name, type, external }: ResolvedResource,
  { up, resolved, observed }: PartsInput,
): ResourceView {
  const seen = observed.find((one) => one.name === name);
  const programs = [...Object.values(resolved.services), ...Object.values(resolved.jobs)];
  const usedBy = programs.filter(({ uses }) => uses.includes(name)).map((program) => program.name);
  const { instance = null, pid = null, port = null, sizeBytes = null } = seen ?? {};
  const { memoryBytes = null, cpu = null, startedAt = null } = seen ?? {};
  return {
    ...{ name, type, external: external !== null, usedBy, instance, pid, port },
    ...{ sizeBytes, memoryBytes, cpu, startedAt },
    state: seen?.state ?? (up ? 'starting' : 'stopped'),
    reason: seen?.reason ?? '',
  };
}

export function jobViews({ place, up, resolved, store, now }: PartsInput): JobView[] {
  return Object.values(resolved.jobs).map(({ name, beforeDeploy, schedule }) => ({
    name,
    beforeDeploy,
    schedule,
    nextAt: up && schedule !== null ? nextRun(schedule, now) : null,
    runs: store
      .runs(place, name, RUNS_SHOWN)
      .map(({ system: _, environment: __, job: ___, ...view }) => view),
  }));
}

/** Who needs whom. `others`: services that run elsewhere in the environment, as `system/service`. */
export function callViews(
  resolved: ResolvedSystem,
  views: { services: ServiceView[]; resources: ResourceView[]; others: Set<string> },
): CallView[] {
  const programs = [...Object.values(resolved.services), ...Object.values(resolved.jobs)];
  return programs.flatMap(({ name: from, uses }) =>
    uses.map((to): CallView => {
      const resource = views.resources.find(({ name }) => name === to);
      const service = views.services.find(({ name }) => name === to);
      const kind = resource === undefined ? 'service' : 'resource';
      if (resource !== undefined) return { from, to, kind, problem: resourceProblem(resource) };
      if (service !== undefined) return { from, to, kind, problem: serviceProblem(service) };
      return { from, to, kind, problem: views.others.has(to) ? null : `${to} does not run here` };
    }),
  );
}

function resourceProblem({ name, state, reason }: ResourceView): string | null {
  if (state === 'ready') return null;
  return reason === '' ? `${name} is ${state}` : `${name}: ${reason}`;
}

function serviceProblem({ name, ready, waitsFor }: ServiceView): string | null {
  if (ready > 0) return null;
  return waitsFor === null ? `no instance of ${name} is ready` : `${name} ${waitsFor}`;
}
