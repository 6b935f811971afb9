import type { EnvironmentNetwork, HostEngine, InstancePlan } from '../core/contracts/index.ts';
import type { Place } from './launcher.ts';
import { HOST } from './table.ts';

/** What an instance listens on: what this host reaches of it, and nobody else. */
export function listenHost(engine: HostEngine = 'process'): string {
  return engine === 'docker' ? '0.0.0.0' : HOST;
}

/** How an instance calls this host to reach a service or a resource. */
export function hostFor(place: Place, use: string, engine: HostEngine = 'process'): string {
  return engine === 'docker' ? nameFor(place, use) : HOST;
}

/** `api` for a service of its own system or a resource, `api.images` for one of another system. */
export function nameFor({ system }: Pick<Place, 'system'>, use: string): string {
  const [of, name] = use.includes('/') ? use.split('/') : [system, use];
  return of === system ? name! : `${name}.${of}`;
}

/** The names by which an instance reaches what it uses. */
export function namesFor(place: Place, { uses, resources }: InstancePlan): string[] {
  const here = resources.filter(({ external }) => !external).map(({ resource }) => resource);
  return [...new Set([...Object.values(uses), ...here].map((use) => nameFor(place, use)))];
}

/** The network that an environment has, among those that are there. */
export function networkOf(networks: EnvironmentNetwork[], environment: string): EnvironmentNetwork | null {
  return networks.find((network) => network.environment === environment) ?? null;
}
