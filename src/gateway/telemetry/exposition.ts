import type { Service } from '../upstream/service.ts';
import type { PlaneMeter } from './meter.ts';

export interface Exposed {
  services: readonly Service[];
  plane: PlaneMeter;
  tableVersion: number;
  lostLogLines: number;
}

interface Family {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  /** Sample lines without the name's prefix. */
  samples: string[];
}

const PREFIX = 'escale_gateway_';

/** Everything measured, in the Prometheus text format 0.0.4. */
export function exposition(exposed: Exposed): string {
  const families = [...serviceFamilies(exposed.services), ...planeFamilies(exposed)];
  return families.map(familyText).join('');
}

function serviceFamilies(services: readonly Service[]): Family[] {
  const each = (value: (service: Service) => number): string[] =>
    services.map((service) => `{${labels(service)}} ${value(service)}`);
  const instances = (value: (instance: Service['instances'][number]) => number): string[] =>
    services.flatMap((service) =>
      service.instances.map(
        (instance) =>
          `{${labels(service)},instance="${escaped(instance.spec.id)}",release="${instance.spec.release}"} ${value(instance)}`,
      ),
    );
  return [
    family(
      'http_requests_total',
      'counter',
      'Requests answered, by method and status (499: the client went away).',
      services.flatMap(requestSamples),
    ),
    {
      name: 'http_request_duration_seconds',
      type: 'histogram',
      help: 'From the end of the request head to the last byte of the answer.',
      samples: services.flatMap(durationSamples),
    },
    family(
      'http_requests_in_flight',
      'gauge',
      'Requests that are being answered or wait.',
      each((service) => service.counts.inFlight),
    ),
    family(
      'held_requests',
      'gauge',
      'Requests that wait for an instance.',
      each((service) => service.heldCount),
    ),
    family(
      'upgrades',
      'gauge',
      'Open upgraded connections.',
      each((service) => service.counts.upgrades),
    ),
    family(
      'retries_total',
      'counter',
      'Requests sent again after a failed connection.',
      each((service) => service.retries),
    ),
    family(
      'not_retried_total',
      'counter',
      'Requests failed because sending them again could have done something twice.',
      each((service) => service.notRetried),
    ),
    family(
      'errors_total',
      'counter',
      "Failures in the gateway's own name (502, 503, 504).",
      each((service) => service.counts.gatewayErrors),
    ),
    family(
      'request_body_bytes_total',
      'counter',
      'Bytes of request bodies as framed.',
      each((service) => service.meter.bytesIn),
    ),
    family(
      'response_bytes_total',
      'counter',
      'Bytes of answers, heads included.',
      each((service) => service.meter.bytesOut),
    ),
    family(
      'instance_ready',
      'gauge',
      '1: takes traffic.',
      instances((instance) => (instance.takesTraffic ? 1 : 0)),
    ),
    family(
      'instance_requests_total',
      'counter',
      'Requests given to an instance.',
      instances((instance) => instance.counts.requests),
    ),
    family(
      'instance_in_flight',
      'gauge',
      'Requests an instance is answering.',
      instances((instance) => instance.counts.inFlight),
    ),
  ];
}

function planeFamilies({ plane, tableVersion, lostLogLines }: Exposed): Family[] {
  const byStatus = (counts: ReadonlyMap<number, number>): string[] =>
    [...counts].map(([status, count]) => `{status="${status}"} ${count}`);
  return [
    family('refused_requests_total', 'counter', 'Messages refused for their form.', byStatus(plane.refusals)),
    family(
      'unrouted_requests_total',
      'counter',
      'Requests for a host or path that is not served.',
      byStatus(plane.unroutedRequests),
    ),
    family('connections_total', 'counter', 'Client connections accepted.', [` ${plane.connections}`]),
    family('connections_open', 'gauge', 'Client connections open.', [` ${plane.connectionsOpen}`]),
    family('connections_rejected_total', 'counter', 'Client connections over the limit.', [
      ` ${plane.connectionsRejected}`,
    ]),
    family('table_version', 'gauge', 'Version of the table that is routed by.', [` ${tableVersion}`]),
    family('access_log_lost_lines_total', 'counter', 'Access log lines that could not be written.', [
      ` ${lostLogLines}`,
    ]),
  ];
}

function family(name: string, type: Family['type'], help: string, samples: string[]): Family {
  return { name, type, help, samples };
}

function familyText({ name, type, help, samples }: Family): string {
  if (samples.length === 0) return '';
  const lines = samples.map((sample) => `${PREFIX}${name}${sample}\n`);
  return `# HELP ${PREFIX}${name} ${help}\n# TYPE ${PREFIX}${name} ${type}\n${lines.join('')}`;
}

function requestSamples(service: Service): string[] {
  const own = labels(service);
  return service.meter
    .requests()
    .map(({ method, status, count }) => `{${own},method="${method}",status="${status}"} ${count}`);
}

function durationSamples(service: Service): string[] {
  const own = labels(service);
  const { buckets, sum, count } = service.meter.durations();
  return [
    ...buckets.map((bucket) => `_bucket{${own},le="${bucket.bound}"} ${bucket.count}`),
    `_sum{${own}} ${sum}`,
    `_count{${own}} ${count}`,
  ];
}

function labels({ key }: Service): string {
  const [environment = '', system = '', service = ''] = key.split('/').map(escaped);
  return `system="${system}",environment="${environment}",service="${service}"`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
