import { randomInt } from 'node:crypto';
import type { DesiredSystem } from '../core/contracts/index.ts';
import { INSTANCE_PORTS, INTERNAL_PORTS, nextPort } from './ports.ts';
import { callableServices } from './table.ts';

/** Which port is whose. */
export class PortBook {
  private readonly used: () => number[];
  private next = INSTANCE_PORTS.first + randomInt(5000);

  /** `used`: the ports of the instances that are there now. */
  constructor(used: () => number[]) {
    this.used = used;
  }

  /** A free port for a new instance; ports that ended lately come last. */
  async forInstance(): Promise<number> {
    const start = this.next;
    this.next += 1;
    const port = await nextPort(INSTANCE_PORTS, start, new Set(this.used()));
    this.next = port + 1;
    return port;
  }

  /** A lasting inside port for each service that can be called or is used; one that has a port keeps it. */
  async forServices(desired: DesiredSystem, known: Record<string, number>): Promise<Record<string, number>> {
    const ports = { ...known };
    for (const key of callableServices(desired))
      ports[key] ??= await nextPort(INTERNAL_PORTS, INTERNAL_PORTS.first, new Set(Object.values(ports)));
    return ports;
  }
}
