/** What went through Escale's own gateway, of one service. */
export interface ServiceTraffic {
  requests: number;
  /** Answers 5xx, the gateway's own among them. */
  errors: number;
  held: number;
  /** Requests given to each pod, by its name. */
  byPod: Record<string, number>;
}

const SAMPLE =
  /^escale_gateway_(http_requests_total|held_requests|instance_requests_total)\{(.*)\} (\d+(?:\.\d+)?)$/;
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g;

/** Sums of what each pod of the gateway says (Prometheus text format 0.0.4), by service. */
export function trafficIn(texts: string[]): Record<string, ServiceTraffic> {
  const services: Record<string, ServiceTraffic> = {};
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const [, name, labelText = '', value] = SAMPLE.exec(line) ?? [];
    if (name === undefined) continue;
    const labels = Object.fromEntries([...labelText.matchAll(LABEL)].map(([, key, word]) => [key, word]));
    const { service = '', instance = '', status = '' } = labels as Record<string, string>;
    services[service] ??= { requests: 0, errors: 0, held: 0, byPod: {} };
    add(services[service], { name, count: Number(value), instance, status });
  }
  return services;
}

function add(
  service: ServiceTraffic,
  { name, count, instance, status }: { name: string; count: number; instance: string; status: string },
): void {
  if (name === 'held_requests') service.held += count;
  else if (name === 'instance_requests_total')
    service.byPod[instance] = (service.byPod[instance] ?? 0) + count;
  else {
    service.requests += count;
    if (status.startsWith('5')) service.errors += count;
  }
}
