import type {
  DrainDeadlines,
  Rotation,
  TrafficInstance,
  TrafficService,
  TrafficTable,
} from '../../contracts/index.ts';

/** What Escale's gateway in a cluster does for a system, as the file says it; which pods there are it sees itself. */
export interface GatewayRules {
  system: string;
  environment: string;
  routes: { host: string; prefix: string; service: string }[];
  /** By name. */
  services: Record<string, GatewayServiceRules>;
}

export interface GatewayServiceRules {
  drain: DrainDeadlines;
  hold: TrafficService['hold'];
  responseTimeoutMs: number;
}

/** What is read of an EndpointSlice (`discovery.k8s.io/v1`). */
export interface EndpointSlice {
  metadata: { name: string; labels?: Record<string, string>; deletionTimestamp?: string };
  addressType: string;
  endpoints?: Endpoint[] | null;
  ports?: { name?: string | null; port?: number | null }[] | null;
}

interface Endpoint {
  addresses: string[];
  conditions?: { ready?: boolean | null; serving?: boolean | null; terminating?: boolean | null };
  targetRef?: { kind?: string; name?: string; uid?: string } | null;
}

export const SERVICE_LABEL = 'kubernetes.io/service-name';
/** Which pods are ready the cluster judges, by their own release's probes; whether they can be reached, the gateway. */
const PROBE = { path: null, intervalMs: 2000, timeoutMs: 1000, failures: 2, stableMs: 0 };

/** Everything that the gateway does. Pure: the same rules and slices give the same table. */
export function gatewayTable(rules: GatewayRules, slices: EndpointSlice[], version: number): TrafficTable {
  const keyOf = (service: string) => `${rules.environment}/${rules.system}/${service}`;
  const routes = rules.routes.map((route) => ({ ...route, service: keyOf(route.service) }));
  return {
    version,
    routes: [...routes, ...forAddresses(routes)],
    internal: [],
    services: Object.entries(rules.services).map(([name, rule]) => ({
      ...{ key: keyOf(name), probe: PROBE, ...rule },
      instances: instancesOf(slices.filter(({ metadata }) => metadata.labels?.[SERVICE_LABEL] === name)),
    })),
  };
}

/** A node is asked by its address: the first host of the file answers. */
function forAddresses(routes: TrafficTable['routes']): TrafficTable['routes'] {
  return routesOfAddresses(routes).map((route) => ({ ...route, host: '*' }));
}

/** Those routes that also answer whoever asks by an address. */
export function routesOfAddresses<Route extends { host: string }>(routes: Route[]): Route[] {
  return routes.filter(({ host }) => host === routes[0]!.host);
}

/** An endpoint may be in two slices while it moves, and in one for each family of addresses. */
function instancesOf(slices: EndpointSlice[]): TrafficInstance[] {
  const found = new Map<string, TrafficInstance>();
  for (const slice of slices.toSorted(byFamily)) {
    const port = (slice.ports?.find(({ name }) => name === 'http') ?? slice.ports?.[0])?.port;
    if (slice.addressType === 'FQDN' || port == null) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const [host] = endpoint.addresses;
      if (host === undefined) continue;
      const id = endpoint.targetRef?.name ?? host;
      const known = found.get(id);
      const rotation = rotationOf(endpoint);
      // Who goes does not come back, whatever an older copy says.
      if (known === undefined) found.set(id, { id, release: 0, address: { host, port }, rotation });
      else if (rotation === 'out' || known.rotation === 'rest') known.rotation = rotation;
    }
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function byFamily(a: EndpointSlice, b: EndpointSlice): number {
  return a.addressType.localeCompare(b.addressType) || a.metadata.name.localeCompare(b.metadata.name);
}

function rotationOf({ conditions = {} }: Endpoint): Rotation {
  if (conditions.terminating === true) return 'out';
  return conditions.ready === false ? 'rest' : 'in';
}

/** Rules as they stand in the ConfigMap. Null: they are none. */
export function gatewayRulesIn(text: string | undefined): GatewayRules | null {
  try {
    const rules = JSON.parse(text ?? '') as Partial<GatewayRules>;
    const isWhole =
      typeof rules.system === 'string' &&
      typeof rules.environment === 'string' &&
      Array.isArray(rules.routes) &&
      typeof rules.services === 'object' &&
      rules.services !== null;
    return isWhole ? (rules as GatewayRules) : null;
  } catch {
    return null;
  }
}
