import type {
  Observation,
  ObservedInstance,
  ObservedResource,
  ObservedService,
  ObservedSet,
} from '../../core/contracts/index.ts';
import { keyOf, type Place } from '../place.ts';

/** What the engine shows of one place. */
export interface ObservedPlace {
  instances: ObservedInstance[];
  resources: ObservedResource[];
  services: ObservedService[];
  sets: ObservedSet[];
}

/** What the engine shows, looked through once however many places there are. */
export interface Observed {
  at: (place: Place) => ObservedPlace;
  /** Services of an environment that have a ready instance, as `system/service`. */
  readyIn: (environment: string) => Set<string>;
}

/** Of nothing while the engine is away. */
export function observed(observation: Observation | null): Observed {
  const instances = Map.groupBy(observation?.instances ?? [], keyOf);
  const resources = Map.groupBy(observation?.resources ?? [], keyOf);
  const services = Map.groupBy(observation?.services ?? [], keyOf);
  const sets = Map.groupBy(observation?.sets ?? [], keyOf);
  const ready = readyByEnvironment(observation?.instances ?? []);
  return {
    at: (place) => {
      const key = keyOf(place);
      return {
        instances: instances.get(key) ?? [],
        resources: resources.get(key) ?? [],
        services: services.get(key) ?? [],
        sets: sets.get(key) ?? [],
      };
    },
    readyIn: (environment) => ready.get(environment) ?? new Set(),
  };
}

function readyByEnvironment(instances: ObservedInstance[]): Map<string, Set<string>> {
  const ready = instances.filter(({ state }) => state === 'ready');
  const grouped = Map.groupBy(ready, ({ environment }) => environment);
  return new Map(
    [...grouped].map(([environment, here]) => [
      environment,
      new Set(here.map(({ system, service }) => `${system}/${service}`)),
    ]),
  );
}
