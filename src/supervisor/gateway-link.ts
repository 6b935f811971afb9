import type {
  Address,
  Clock,
  DesiredSystem,
  ServiceTraffic,
  Traffic,
  TrafficEvent,
} from '../core/contracts/index.ts';
import type { Instance } from './instance.ts';
import type { News } from './news.ts';
import { trafficTable } from './table.ts';

export interface GatewayLinkParts {
  traffic: Traffic;
  news: News;
  clock: Clock;
  pages: { hosts: string[]; address: Address } | null;
  /** What the table is made of, as it is now. */
  picture: () => { desired: DesiredSystem[]; instances: Instance[]; internalPorts: Record<string, number> };
  /** The gateway's judgement of an instance. */
  onReadiness: (instance: string, readiness: Instance['readiness'], reason: string) => void;
  /** A stranger holds the inside port of a service. */
  onPortTaken: (service: string) => void;
  /** The gateway is (again) there. */
  onConnected: () => void;
  /** Whether it shall go on by the table it has. */
  isHolding: () => boolean;
}

/** The supervisor's side of the gateway: whole tables out; readiness, drained instances and counts in. */
export class GatewayLink {
  connected = false;
  services: ServiceTraffic[] = [];
  /** Requests so far, by instance. */
  requests = new Map<string, number>();
  /** Inside ports of its table when it was last learned from. */
  internalPorts: Record<string, number> = {};
  private readonly parts: GatewayLinkParts;
  private readonly drained = new Map<string, () => void>();
  private readonly hasLearned = Promise.withResolvers<void>();
  private version = 0;
  private lastTable = '';
  private applied: Promise<unknown> = Promise.resolve();

  constructor(parts: GatewayLinkParts) {
    this.parts = parts;
    parts.traffic.onEvent((event) => this.hear(event));
  }

  /** Sends the table if it is another one than before; resolves when the gateway routes by it. */
  push(): Promise<unknown> {
    const { picture, pages, traffic, clock } = this.parts;
    if (this.parts.isHolding()) return this.applied;
    const content = { ...picture(), pages };
    const text = JSON.stringify(trafficTable({ ...content, version: 0 }));
    if (text === this.lastTable) return this.applied;
    this.lastTable = text;
    this.version = Math.max(this.version + 1, clock.now());
    this.applied = traffic.apply(trafficTable({ ...content, version: this.version })).then(({ problems }) => {
      for (const { code, service, message } of problems) {
        this.parts.news.tellOfGateway(service, message);
        if (code === 'port-taken' && service !== '') this.parts.onPortTaken(service);
      }
    });
    this.applied.catch(() => {});
    return this.applied;
  }

  /** The same table once more: something of it could not be carried out, and can now. */
  pushAgain(): Promise<unknown> {
    this.lastTable = '';
    return this.push();
  }

  /** Resolves when nothing is in flight any more on an instance that is out of rotation. */
  whenDrained(instance: string): Promise<void> {
    return new Promise((resolve) => this.drained.set(instance, resolve));
  }

  forget(instance: string): void {
    this.drained.delete(instance);
  }

  /** A gateway that was here before knows more than we do: its version, and what is ready. */
  async learn(): Promise<void> {
    if (!this.connected) return;
    const status = await this.parts.traffic.status();
    this.version = Math.max(this.version, status.version);
    this.internalPorts = Object.fromEntries(status.internal.map(({ service, port }) => [service, port]));
    this.hasLearned.resolve();
    for (const { id, readiness, reason } of status.instances) this.parts.onReadiness(id, readiness, reason);
  }

  /** Resolves when a gateway has been learned from. */
  get learned(): Promise<void> {
    return this.hasLearned.promise;
  }

  /** Counts of requests, as they are now. */
  async sample(): Promise<void> {
    if (!this.connected) return;
    const status = await this.parts.traffic.status();
    this.services = status.services;
    this.requests = new Map(status.instances.map(({ id, requests }) => [id, requests]));
  }

  close(): void {
    this.parts.traffic.close();
  }

  private hear(event: TrafficEvent | { type: 'connected' } | { type: 'lost' }): void {
    if (event.type === 'readiness') this.parts.onReadiness(event.instance, event.readiness, event.reason);
    if (event.type === 'drained') this.drained.get(event.instance)?.();
    if (event.type === 'connected') void this.greet();
    if (event.type === 'lost') this.lose();
  }

  private async greet(): Promise<void> {
    this.connected = true;
    await this.learn();
    this.lastTable = '';
    this.parts.onConnected();
  }

  private lose(): void {
    if (!this.connected) return;
    this.connected = false;
    this.parts.news.tellOfGateway('', 'the gateway is away');
  }
}
