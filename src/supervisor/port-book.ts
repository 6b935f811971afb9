import { randomInt } from 'node:crypto';
import type { DesiredSystem } from '../core/contracts/index.ts';
import { PortClaims } from './port-claims.ts';
import { INSTANCE_PORTS, INTERNAL_PORTS, isFree, nextPort } from './ports.ts';
import { callableServices, keyOf } from './table.ts';

export interface KnownPorts {
  internalPorts: Record<string, number>;
  resourcePorts: Record<string, number>;
}

/** Which port is whose. */
export class PortBook {
  private readonly used: () => number[];
  private readonly claims = new PortClaims();
  /** Inside ports that were given out in this life, by service. */
  private readonly given = new Map<string, Promise<number>>();
  private next = INSTANCE_PORTS.first + randomInt(5000);

  /** `used`: the ports of the instances that are there now. */
  constructor(used: () => number[]) {
    this.used = used;
  }

  close(): void {
    this.claims.close();
  }

  /** A free port for a new instance; ports that ended lately come last. */
  async forInstance(): Promise<number> {
    const start = this.next;
    this.next += 1;
    const port = await nextPort(INSTANCE_PORTS, start, new Set(this.used()));
    this.next = port + 1;
    return port;
  }

  /** A lasting inside port for each service that can be called or is used, and for each resource; who has one keeps it. */
  async forDesired(desired: DesiredSystem, known: KnownPorts): Promise<KnownPorts> {
    const here = desired.resources.filter(({ external }) => external === null);
    const internalPorts = await this.lasting(callableServices(desired), known.internalPorts, known);
    const beside = { ...known, internalPorts };
    const resources = here.map(({ name }) => keyOf(desired, name));
    return { internalPorts, resourcePorts: await this.lasting(resources, known.resourcePorts, beside) };
  }

  /** A lasting inside port for each service (`environment/system/service`). */
  async forServices(keys: string[], known: KnownPorts): Promise<Record<string, number>> {
    return this.lasting(keys, known.internalPorts, known);
  }

  /** Another port for a resource whose own is held by a stranger. */
  async another(key: string, all: KnownPorts): Promise<number> {
    this.given.delete(key);
    const taken = [...Object.values(all.internalPorts), ...Object.values(all.resourcePorts)];
    return this.give(key, new Set(taken));
  }

  private async lasting(
    keys: string[],
    own: Record<string, number>,
    all: KnownPorts,
  ): Promise<Record<string, number>> {
    const ports = { ...own };
    const others = [...Object.values(all.internalPorts), ...Object.values(all.resourcePorts)];
    for (const key of keys)
      ports[key] ??= await this.give(key, new Set([...others, ...Object.values(ports)]));
    return ports;
  }

  /** The same for whoever asks meanwhile, and again when it could not be recorded. */
  private give(key: string, taken: Set<number>): Promise<number> {
    const given = this.given.get(key) ?? this.claimInside(taken);
    this.given.set(key, given);
    given.catch(() => this.given.delete(key));
    return given;
  }

  /** Looked at once more after it was claimed: another Escale may have begun to listen just before. */
  private async claimInside(taken: Set<number>): Promise<number> {
    // Each port is looked at once: with many Escales on one host most of them are somebody's.
    for (let start = INTERNAL_PORTS.last; ; ) {
      const port = await nextPort(INTERNAL_PORTS, start, taken);
      if ((await this.claims.take(port)) && (await isFree(port))) return port;
      taken.add(port);
      start = port;
    }
  }
}
