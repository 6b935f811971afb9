import type { Clock } from '../core/contracts/index.ts';
import { type Instance, isLeaving } from './instance.ts';
import type { News } from './news.ts';
import { Pauses } from './pauses.ts';
import { keyOf } from './table.ts';

export interface ReadinessParts {
  instances: Map<string, Instance>;
  news: News;
  clock: Clock;
}

/** What is known of the readiness of instances, and for how long a service had none that was ready. */
export class Readiness {
  readonly pauses = new Pauses();
  private readonly parts: ReadinessParts;

  constructor(parts: ReadinessParts) {
    this.parts = parts;
  }

  /** The gateway's judgement. */
  judged(id: string, readiness: Instance['readiness'], reason: string): void {
    const instance = this.parts.instances.get(id);
    if (instance !== undefined && instance.phase === 'routed') this.set(instance, readiness, reason);
  }

  set(instance: Instance, readiness: Instance['readiness'], reason: string): void {
    const was = instance.readiness;
    if (readiness === 'unproven' && was === 'ready') return;
    if (was === 'ready' && readiness !== 'ready') this.beginPause(instance);
    instance.readiness = readiness;
    instance.reason = reason;
    if (readiness === 'ready' && was !== 'ready') this.becameReady(instance);
    if (readiness === 'unready' && was === 'ready') this.becameUnready(instance, reason);
    this.parts.news.noteChange();
  }

  /** When the last ready instance of a service leaves, its requests begin to wait. */
  beginPause(leaving: Instance): void {
    if (leaving.readiness !== 'ready' || leaving.record.role !== 'service') return;
    const isServing = (other: Instance) =>
      other !== leaving &&
      !isLeaving(other) &&
      other.readiness === 'ready' &&
      serviceOf(other) === serviceOf(leaving);
    if (![...this.parts.instances.values()].some(isServing))
      this.pauses.begin(serviceOf(leaving), this.parts.clock.now());
  }

  private becameReady(instance: Instance): void {
    const { news, clock } = this.parts;
    const now = clock.now();
    const isFirst = !instance.everReady;
    instance.everReady = true;
    instance.readySince = now;
    const took = `ready after ${now - instance.record.startedAt} ms`;
    news.tell(instance, 'instance-ready', isFirst ? took : 'ready again');
    const pauseMs = this.pauses.end(serviceOf(instance), now);
    if (pauseMs !== null)
      news.tell(instance, 'service-paused', `requests waited ${pauseMs} ms while no instance was ready`);
  }

  private becameUnready(instance: Instance, reason: string): void {
    instance.readySince = null;
    this.parts.news.tell(instance, 'instance-unready', reason);
  }
}

function serviceOf({ record }: Instance): string {
  return keyOf(record, record.service);
}
