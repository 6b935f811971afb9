import type { Clock } from '../core/contracts/index.ts';
import { afterEnd, type Backoff, CALM } from './backoff.ts';
import { setKey } from './decide.ts';
import type { Instance } from './instance.ts';

/** How a set failed last. */
export interface Failure {
  instance: string;
  reason: string;
  /** ms since 1970. */
  at: number;
}

/** Which sets fail, how often in a row, and when the next try may be. */
export class Failures {
  readonly backoff = new Map<string, Backoff>();
  readonly last = new Map<string, Failure>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  count(instance: Instance, reason: string): void {
    const now = this.clock.now();
    const key = setKey(instance.record, instance.record);
    const readyForMs = instance.readySince === null ? 0 : now - instance.readySince;
    this.backoff.set(key, afterEnd(this.of(key), readyForMs, now));
    this.tell(instance, reason);
  }

  /** It ended through no fault of its own: told, not counted. */
  tell(instance: Instance, reason: string): void {
    const key = setKey(instance.record, instance.record);
    this.last.set(key, { instance: instance.record.id, reason, at: this.clock.now() });
  }

  of(key: string): Backoff {
    return this.backoff.get(key) ?? CALM;
  }

  /** Forgets the sets that nobody wants any more. */
  keepOnly(wanted: Set<string>): void {
    for (const map of [this.backoff, this.last])
      for (const key of map.keys()) if (!wanted.has(key)) map.delete(key);
  }
}
