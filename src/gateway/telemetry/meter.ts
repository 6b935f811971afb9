/** Upper bounds of the duration histogram, s. */
const BOUNDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'OTHER'];
const OTHER = METHODS.length - 1;

export interface Observation {
  method: string;
  status: number;
  seconds: number;
  bytesIn: number;
  bytesOut: number;
}

/** Counts what one service answers. Its labels are bounded: eight methods, statuses 100 to 599. */
export class ServiceMeter {
  bytesIn = 0;
  bytesOut = 0;
  private readonly counts = new Map<number, number>();
  private readonly buckets = new Float64Array(BOUNDS.length + 1);
  private sum = 0;

  observe(seen: Observation): void {
    const method = METHODS.indexOf(seen.method);
    const key = (method === -1 ? OTHER : method) * 1_000 + seen.status;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    let bucket = 0;
    while (bucket < BOUNDS.length && seen.seconds > BOUNDS[bucket]!) bucket++;
    this.buckets[bucket]!++;
    this.sum += seen.seconds;
    this.bytesIn += seen.bytesIn;
    this.bytesOut += seen.bytesOut;
  }

  requests(): { method: string; status: number; count: number }[] {
    return [...this.counts].map(([key, count]) => ({
      method: METHODS[Math.floor(key / 1_000)]!,
      status: key % 1_000,
      count,
    }));
  }

  /** Cumulative, as Prometheus wants it; the last bound is `+Inf`. */
  durations(): { buckets: { bound: string; count: number }[]; sum: number; count: number } {
    let count = 0;
    const buckets = [...this.buckets].map((own, index) => {
      count += own;
      return { bound: index < BOUNDS.length ? String(BOUNDS[index]) : '+Inf', count };
    });
    return { buckets, sum: this.sum, count };
  }
}

/** Counts what belongs to no service. */
export class PlaneMeter {
  connections = 0;
  connectionsOpen = 0;
  connectionsRejected = 0;
  readonly refusals = new Map<number, number>();
  readonly unroutedRequests = new Map<number, number>();

  /** A message that was refused for its form. */
  refused(status: number): void {
    this.refusals.set(status, (this.refusals.get(status) ?? 0) + 1);
  }

  /** A good request for a host or path that is not served. */
  unrouted(status: number): void {
    this.unroutedRequests.set(status, (this.unroutedRequests.get(status) ?? 0) + 1);
  }
}
