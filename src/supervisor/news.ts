import type { Clock } from '../core/contracts/index.ts';
import { ChangeCount, EventRing } from '../host/index.ts';
import { type Instance, sourceOf } from './instance.ts';
import type { LogStore } from './log-store.ts';

/** What happened, for whoever waits for it: events, notes in the log, and a number that counts changes. */
export class News {
  readonly events = new EventRing();
  private readonly logs: LogStore;
  private readonly clock: Clock;
  private readonly changes = new ChangeCount();

  constructor(logs: LogStore, clock: Clock) {
    this.logs = logs;
    this.clock = clock;
  }

  /** An event of an instance; it stands in its log, too. */
  tell(instance: Instance, type: string, message: string): void {
    const { system, environment, service, id, release } = instance.record;
    const at = this.clock.now();
    this.events.add({ at, type, system, environment, service, instance: id, release, message });
    this.logs.note(sourceOf(instance), message, at);
    this.noteChange();
  }

  /** An event of the gateway about a service (`environment/system/service`), or about none (empty). */
  tellOfGateway(key: string, message: string): void {
    const [environment = '', system = '', service = ''] = key.split('/');
    const at = this.clock.now();
    this.events.add({
      at,
      type: 'gateway-problem',
      system,
      environment,
      service,
      instance: '',
      release: 0,
      message,
    });
    this.noteChange();
  }

  /** An event of the supervisor itself. */
  tellOfItself(type: string, message: string): void {
    const place = { system: '', environment: '', service: '', instance: '', release: 0 };
    this.events.add({ at: this.clock.now(), type, ...place, message });
    this.noteChange();
  }

  noteChange(): void {
    this.changes.note();
  }

  /** Resolves at the next change. */
  next(timeoutMs: number): Promise<number> {
    return this.changed(this.changes.newest, timeoutMs);
  }

  /** Resolves with the number of the newest change once it is not `seen` any more, or after `timeoutMs`. */
  changed(seen: number, timeoutMs: number): Promise<number> {
    return this.changes.after(seen, timeoutMs);
  }
}
