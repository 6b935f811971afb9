import type { ServiceKey, ServiceTraffic, TrafficService } from '../../core/contracts/index.ts';
import type { ServiceMeter } from '../telemetry/meter.ts';
import { freshCounts, type Instance } from './instance.ts';

/** A request that waits for an instance. */
export interface Waiting {
  admitted(): void;
  /** The service is gone. */
  turnedAway(): void;
}

/** One service: its instances, which of them takes the next request, and the requests that wait for one. */
export class Service {
  readonly key: ServiceKey;
  spec: TrafficService;
  readonly meter: ServiceMeter;
  instances: Instance[] = [];
  readonly counts = freshCounts();
  retries = 0;
  notRetried = 0;
  readonly readinessChanged: (instance: Instance) => void;
  private readonly held = new Set<Waiting>();
  private turn = 0;

  constructor(spec: TrafficService, meter: ServiceMeter, readinessChanged: (instance: Instance) => void) {
    this.key = spec.key;
    this.spec = spec;
    this.meter = meter;
    this.readinessChanged = readinessChanged;
  }

  /** The instance with the least to do; equals take turns. Null: none may take a request now. */
  pick(): Instance | null {
    let best: Instance | null = null;
    const count = this.instances.length;
    this.turn = count === 0 ? 0 : (this.turn + 1) % count;
    for (let offset = 0; offset < count; offset++) {
      const instance = this.instances[(this.turn + offset) % count]!;
      if (instance.takesTraffic && (best === null || instance.load < best.load)) best = instance;
    }
    return best;
  }

  get heldCount(): number {
    return this.held.size;
  }

  /** Lets a request wait; false: too many do. */
  hold(waiting: Waiting): boolean {
    if (this.held.size >= this.spec.hold.max) return false;
    this.held.add(waiting);
    return true;
  }

  release(waiting: Waiting): void {
    if (this.held.size > 0) this.held.delete(waiting);
  }

  admitHeld(): void {
    for (const waiting of [...this.held]) {
      this.held.delete(waiting);
      waiting.admitted();
    }
  }

  turnAwayHeld(): void {
    for (const waiting of [...this.held]) {
      this.held.delete(waiting);
      waiting.turnedAway();
    }
  }

  traffic(): ServiceTraffic {
    const { retries, notRetried } = this;
    return { ...this.counts, key: this.key, held: this.held.size, retries, notRetried };
  }
}
