import type { Traffic } from '../core/contracts/index.ts';
import {
  type EndpointSlice,
  GATEWAY_RULES,
  type GatewayRules,
  gatewayRulesIn,
  gatewayTable,
} from '../core/kubernetes/index.ts';
import { type Cluster, Mirror } from '../engines/kubernetes/index.ts';

export interface FeedParts {
  cluster: Cluster;
  traffic: Traffic;
  namespace: string;
  /** Name of the ConfigMap with its rules. */
  name: string;
  log: (level: 'info' | 'warn', message: string) => void;
}

/** Sends the gateway a table whenever the cluster has another one. */
export class Feed {
  private readonly parts: FeedParts;
  private readonly slices: Mirror;
  private readonly rules: Mirror;
  private last: GatewayRules | null = null;
  private version = 0;
  private isBusy = false;
  private isStale = false;
  private problem = '';

  constructor(parts: FeedParts) {
    this.parts = parts;
    const { cluster, namespace, name } = parts;
    const onChange = () => void this.update();
    this.slices = new Mirror({
      ...{ cluster, onChange, query: { namespace } },
      kind: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
    });
    this.rules = new Mirror({
      ...{ cluster, onChange, query: { namespace, name } },
      kind: { apiVersion: 'v1', kind: 'ConfigMap' },
    });
  }

  close(): void {
    this.slices.close();
    this.rules.close();
  }

  /** One at a time; what changes meanwhile is in the next one. */
  private async update(): Promise<void> {
    this.tellProblem();
    if (!this.slices.hasLooked || !this.rules.hasLooked) return;
    this.isStale = true;
    if (this.isBusy) return;
    this.isBusy = true;
    while (this.isStale) {
      this.isStale = false;
      await this.apply();
    }
    this.isBusy = false;
  }

  private async apply(): Promise<void> {
    const { traffic, log } = this.parts;
    const rules = this.readRules();
    if (rules === null) return;
    // A table that a former process left behind has a number, too.
    if (this.version === 0) this.version = Math.max(0, (await traffic.status()).version);
    this.version++;
    const slices = this.slices.known() as unknown as EndpointSlice[];
    const { problems } = await traffic.apply(gatewayTable(rules, slices, this.version));
    for (const { message } of problems) log('warn', message);
  }

  /** Damaged ones leave the former in force. */
  private readRules(): GatewayRules | null {
    const [map] = this.rules.known();
    const rules = gatewayRulesIn((map?.data as Record<string, string> | undefined)?.[GATEWAY_RULES]);
    if (rules === null) this.parts.log('warn', `ConfigMap ${this.parts.name} has no rules that can be read`);
    else this.last = rules;
    return this.last;
  }

  private tellProblem(): void {
    const problem = (this.slices.trouble ?? this.rules.trouble)?.message ?? '';
    if (problem === this.problem) return;
    this.problem = problem;
    if (problem === '') this.parts.log('info', 'the cluster answers again');
    else this.parts.log('warn', `${problem}; the last table is in force`);
  }
}
