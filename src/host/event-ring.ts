import { randomBytes } from 'node:crypto';
import type { EngineEvent } from '../core/contracts/index.ts';

export interface NumberedEvent extends EngineEvent {
  /** Names this life of the supervisor. */
  origin: string;
  /** 1, 2, 3 … since this supervisor started. */
  sequence: number;
}

const KEPT = 2000;

/** The last events, numbered, for whoever asks again after having been away. */
export class EventRing {
  private readonly events: NumberedEvent[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly origin = randomBytes(8).toString('hex');
  private last = 0;

  add(event: EngineEvent): void {
    this.last += 1;
    this.events.push({ ...event, origin: this.origin, sequence: this.last });
    if (this.events.length > KEPT) this.events.shift();
    for (const wake of this.waiting) wake();
  }

  /** Those after a number, then those to come, until the signal. */
  async *after(sequence: number, signal: AbortSignal): AsyncIterable<NumberedEvent> {
    let seen = sequence;
    while (!signal.aborted) {
      for (const event of this.events.filter(({ sequence: number }) => number > seen)) {
        seen = event.sequence;
        yield event;
      }
      if (this.last <= seen) await this.next(signal);
    }
  }

  private next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
