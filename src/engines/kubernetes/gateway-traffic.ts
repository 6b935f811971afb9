import { setTimeout as pause } from 'node:timers/promises';
import { GATEWAY_METRICS_PORT, isGateway, isReady, trafficIn } from '../../core/kubernetes/index.ts';
import type { Cluster } from './api/index.ts';
import type { PlaceInCluster } from './places.ts';

export interface GatewayTrafficParts {
  cluster: Cluster;
  places: () => PlaceInCluster[];
  /** Other figures are known of a place. */
  onNews: (place: PlaceInCluster) => void;
  /** Time between two looks, ms. */
  eachMs?: number;
}

const EACH_MS = 10_000;
const LONGEST_MS = 5000;
/** Of a system that has more of them it is said that nothing is known. */
const GATEWAYS_AT_MOST = 20;
const REQUEST = 'GET /metrics HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n';

/** Asks the pods of Escale's own gateways again and again what went through them, by way of the cluster's API. */
export class GatewayTraffic {
  private readonly parts: GatewayTrafficParts;
  private readonly stop = new AbortController();

  constructor(parts: GatewayTrafficParts) {
    this.parts = parts;
    void this.keep();
  }

  close(): void {
    this.stop.abort();
  }

  private async keep(): Promise<void> {
    while (!this.stop.signal.aborted) {
      for (const place of this.parts.places()) await this.ask(place);
      const { eachMs = EACH_MS } = this.parts;
      await pause(eachMs, undefined, { signal: this.stop.signal, ref: false }).catch(() => {});
    }
  }

  /** Who does not answer is left out, until it does. */
  private async ask(place: PlaceInCluster): Promise<void> {
    const pods = place.pods(undefined).filter((pod) => isGateway(pod) && isReady(pod));
    if (pods.length === 0 || pods.length > GATEWAYS_AT_MOST) return;
    const { namespace } = place;
    const asked = pods.map(({ metadata: { name } }) => metricsOf(this.parts.cluster, { namespace, name }));
    const texts = await Promise.all(asked.map((answer) => answer.catch(() => '')));
    const traffic = trafficIn(texts);
    if (JSON.stringify(traffic) === JSON.stringify(place.traffic)) return;
    place.traffic = traffic;
    if (!this.stop.signal.aborted) this.parts.onNews(place);
  }
}

async function metricsOf(cluster: Cluster, pod: { namespace: string; name: string }): Promise<string> {
  const session = await cluster.forward(pod, GATEWAY_METRICS_PORT);
  const timer = setTimeout(() => session.close(), LONGEST_MS);
  try {
    session.write(Buffer.from(REQUEST));
    let text = '';
    for await (const item of session.output)
      if ('chunk' in item) {
        text += Buffer.from(item.chunk).toString('utf8');
        const body = bodyIn(text);
        if (body !== null) return body;
      }
    return '';
  } finally {
    clearTimeout(timer);
    session.close();
  }
}

/** Null: it is not all there yet. */
function bodyIn(answer: string): string | null {
  const end = answer.indexOf('\r\n\r\n');
  const [, length] = /^content-length: (\d+)\r$/im.exec(answer.slice(0, Math.max(0, end) + 2)) ?? [];
  const body = answer.slice(end + 4);
  return end < 0 || length === undefined || Buffer.byteLength(body) < Number(length) ? null : body;
}
