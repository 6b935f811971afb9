import { AggregatorRegistry, Counter, Histogram, Registry } from 'prom-client';

/** One answered request. `path` is a route's pattern, never what the client wrote, so that series stay few. */
export interface Observation {
  method: string;
  path: string;
  status: number;
  seconds: number;
  /** It was answered 500 by a fault or a bug. */
  exception: boolean;
}

/** The metrics of one thread, as plain data that can be sent to another. */
export type Snapshot = Family[];

interface Family {
  name: string;
  /** `metricName`: the full one, where it differs from the family's (`…_bucket`, `…_sum`). */
  values: { value: number; labels: object; metricName?: string | undefined }[];
}

export interface Metrics {
  record: (observation: Observation) => void;
  snapshot: () => Promise<Snapshot>;
}

/** Media type of `renderMetrics`. */
export const metricsType = Registry.PROMETHEUS_CONTENT_TYPE;

const labelNames = ['method', 'path', 'status'] as const;
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** An empty set of metrics, its own for each thread. */
export function createMetrics(): Metrics {
  const register = new Registry();
  const registers = [register];
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered.',
    labelNames,
    registers,
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer, in seconds.',
    labelNames,
    registers,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  const exceptions = new Counter({
    name: 'flask_http_request_exceptions_total',
    help: 'Requests that ended in a fault or a bug.',
    labelNames,
    registers,
  });
  return {
    record: ({ method, path, status, seconds, exception }) => {
      const labels = { method: methods.has(method) ? method : 'OTHER', path, status };
      requests.inc(labels);
      durations.observe(labels, seconds);
      if (exception) exceptions.inc(labels);
    },
    snapshot: async () => (await register.getMetricsAsJSON()) as Snapshot,
  };
}

/** Names of the seminar's Flask exporter, for the same figures: its dashboards keep working. */
const seminarNames: Record<string, string> = {
  http_requests_total: 'flask_http_request_total',
  http_request_duration_seconds: 'flask_http_request_duration_seconds',
};

/** The sum of snapshots, in Prometheus' text format. */
export async function renderMetrics(snapshots: Snapshot[]): Promise<string> {
  const sums = await sumSnapshots(snapshots);
  return AggregatorRegistry.aggregate([sums, inSeminarNames(sums)]).metrics();
}

/** The sum of snapshots as one snapshot. */
export async function sumSnapshots(snapshots: Snapshot[]): Promise<Snapshot> {
  return (await AggregatorRegistry.aggregate(snapshots).getMetricsAsJSON()) as Snapshot;
}

function inSeminarNames(families: Snapshot): Snapshot {
  return families.flatMap((family) => {
    const name = seminarNames[family.name];
    if (name === undefined) return [];
    const rename = (full: string | undefined) => full && name + full.slice(family.name.length);
    const values = family.values.map((value) => ({ ...value, metricName: rename(value.metricName) }));
    return [{ ...family, name, values }];
  });
}
