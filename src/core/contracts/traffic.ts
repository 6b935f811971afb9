/**
 * The port between the supervisor, which decides which instances exist, and the gateway, which carries their
 * traffic. The supervisor sends whole, versioned tables; the gateway answers with what it has done and seen.
 * It is spoken over a unix socket, one JSON object a line (`TrafficCommand` in, `TrafficEvent` out).
 */

/** `environment/system/service`, for example `local/hello/web`. */
export type ServiceKey = string;

/** Where a listening socket is: TCP on this host, or a unix socket (the control plane's own pages). */
export type Address = { host: string; port: number } | { path: string };

/** How the gateway judges that an instance may get traffic (zero-loss contract, points 1 and 2). */
export interface Probe {
  /** Path of a GET that answers 2xx when ready; `null`: a TCP connect that stays possible for `stableMs`. */
  path: string | null;
  /** Time between two probes of a ready instance, ms. An instance that is not ready yet is probed faster. */
  intervalMs: number;
  /** An unanswered probe fails after this, ms. */
  timeoutMs: number;
  /** Probes in a row that must fail before a ready instance leaves the rotation. */
  failures: number;
  /** Without a path: how long a TCP connect must have been possible, ms. */
  stableMs: number;
}

/**
 * `in`: takes new requests once probed. `rest`: takes none for now, and keeps what it has. `out`: takes none; finishes
 * what it has, then `drained` is told.
 */
export type Rotation = 'in' | 'rest' | 'out';

export interface TrafficInstance {
  id: string;
  /** Number of the release it runs, for metrics and logs. */
  release: number;
  address: Address;
  rotation: Rotation;
  /** Those of its own release, where they are not the service's: a rollout may change them. */
  probe?: Probe;
  drain?: DrainDeadlines;
}

export interface DrainDeadlines {
  /** Longest wait for requests in flight of an instance that leaves, ms; what is left is cut. */
  requestsMs: number;
  /** Longest wait for its upgraded connections (WebSockets), ms; then a close frame (1001) is sent. */
  upgradesMs: number;
}

export interface TrafficService {
  key: ServiceKey;
  instances: TrafficInstance[];
  probe: Probe;
  drain: DrainDeadlines;
  /** With no instance ready, requests wait (point 7): at most this long (ms), at most this many. */
  hold: { timeoutMs: number; max: number };
  /** A request that has no first byte of an answer after this is failed with 504, ms. */
  responseTimeoutMs: number;
}

/** A public route: the longest matching prefix of the matching host wins. */
export interface TrafficRoute {
  /** Lower case, without port; `*.example.org` matches one label and more, `*` whoever asks by an IP address. */
  host: string;
  /** `/` or `/api`: matched on whole segments, cut from the path and sent as `X-Forwarded-Prefix`. */
  prefix: string;
  service: ServiceKey;
}

/** A lasting loopback listener that sends everything to one service (`API_URL=http://127.0.0.1:<port>`). */
export interface InternalListener {
  service: ServiceKey;
  host: string;
  port: number;
  /** Only callers from these addresses are let in (`172.18.0.0/16`); left out: whoever can reach it. */
  from?: string;
}

/** Everything the gateway does, whole. A higher version replaces a lower one; a lower one is ignored. */
export interface TrafficTable {
  version: number;
  routes: TrafficRoute[];
  internal: InternalListener[];
  services: TrafficService[];
}

export type TrafficCommand =
  | { type: 'apply'; table: TrafficTable }
  /** Ask for `status` once. */
  | { type: 'status' }
  /** Ask for `metrics` once. */
  | { type: 'metrics' };

export type InstanceReadiness = 'unproven' | 'ready' | 'unready';

/** Counters since the gateway started, of one instance or summed over a service; two gauges. */
export interface TrafficCounts {
  requests: number;
  /** Now. */
  inFlight: number;
  /** Upgraded connections (WebSockets) that are open now. */
  upgrades: number;
  /** Answers 5xx that the instance itself gave. */
  serverErrors: number;
  /** Failures in the gateway's own name (502, 503, 504). */
  gatewayErrors: number;
}

export interface InstanceTraffic extends TrafficCounts {
  id: string;
  service: ServiceKey;
  release: number;
  readiness: InstanceReadiness;
  /** Why it is not ready, for people: `GET /readyz answered 503`. Empty when ready. */
  reason: string;
}

export type TrafficEvent =
  /** Every worker routes by this version: an instance that is `out` in it gets no new request any more. */
  | { type: 'applied'; version: number; problems: TrafficProblem[] }
  | { type: 'readiness'; instance: string; service: ServiceKey; readiness: InstanceReadiness; reason: string }
  /** After `out` was applied: nothing is in flight any more, or its deadlines have passed. */
  | { type: 'drained'; instance: string; service: ServiceKey; cutRequests: number; closedUpgrades: number }
  | {
      type: 'status';
      version: number;
      instances: InstanceTraffic[];
      services: ServiceTraffic[];
      internal: InternalListener[];
    }
  /** Prometheus text format 0.0.4. */
  | { type: 'metrics'; text: string };

export interface ServiceTraffic extends TrafficCounts {
  key: ServiceKey;
  /** Requests that are waiting for an instance now. */
  held: number;
  /** Requests sent again to another instance after a failed connection (point 6). */
  retries: number;
  /** Requests that point 6 forbids to retry and that therefore failed with 502. */
  notRetried: number;
}

/** Part of a table that could not be carried out, such as a port that is taken; the rest is applied. */
export interface TrafficProblem {
  /** Machine word: `port-taken`, `listen-failed`, `table-not-kept` (no service: the table file can't be written). */
  code: string;
  service: ServiceKey;
  message: string;
}

/** What the supervisor holds of the gateway. It reconnects by itself and sends the last table again. */
export interface Traffic {
  /** Resolves when the gateway acknowledged this version or a higher one; waits while it is away. */
  apply(table: TrafficTable): Promise<{ version: number; problems: TrafficProblem[] }>;
  status(): Promise<Extract<TrafficEvent, { type: 'status' }>>;
  /** Everything the gateway measures, in the Prometheus text format. */
  metrics(): Promise<string>;
  /** `readiness` and `drained`, and `connected` each time the gateway is (again) there. */
  onEvent(listener: (event: TrafficEvent | { type: 'connected' } | { type: 'lost' }) => void): void;
  close(): void;
}
