import type { Runtime } from '../core/contracts/index.ts';
import type { GatewayLink } from './gateway-link.ts';
import type { Instance } from './instance.ts';
import type { News } from './news.ts';
import { withDeadline } from './waiting.ts';

export interface StopperParts {
  runtime: Runtime;
  instances: Map<string, Instance>;
  gateway: GatewayLink;
  news: News;
  /** Called whenever an instance begins to leave: it is written down. */
  leaving: () => void;
}

/** Above an instance's own deadlines, for the gateway's word to arrive, ms. */
const DRAIN_MARGIN_MS = 2000;

/** Lets instances go: out of rotation and acknowledged, drained, SIGTERM, SIGKILL after grace. */
export class Stopper {
  private readonly parts: StopperParts;
  private readonly waiting = new Map<string, (() => void)[]>();

  constructor(parts: StopperParts) {
    this.parts = parts;
  }

  async retire(instance: Instance): Promise<void> {
    const wasRouted = instance.phase === 'routed' || instance.phase === 'draining';
    instance.phase = 'draining';
    this.parts.leaving();
    if (wasRouted && instance.record.port !== null) await this.drain(instance);
    await this.stop(instance);
  }

  /** Out of rotation, acknowledged, then until nothing is in flight; or until its deadlines have passed. */
  private async drain(instance: Instance): Promise<void> {
    const { gateway, news } = this.parts;
    const { drainMs, websocketsMs } = instance.plan.stop;
    const empty = gateway.whenDrained(instance.record.id);
    const applied = gateway.push();
    news.tell(instance, 'instance-draining', 'out of rotation, finishing what is in flight');
    const longest = Math.max(drainMs, websocketsMs) + DRAIN_MARGIN_MS;
    await withDeadline(longest, [applied.then(() => empty), this.whenGone(instance)]);
    gateway.forget(instance.record.id);
  }

  /** SIGTERM now, SIGKILL after its grace; resolves when it is gone. */
  async stop(instance: Instance): Promise<void> {
    const { runtime, instances, gateway, news } = this.parts;
    const { id } = instance.record;
    if (!instances.has(id)) return;
    const gone = this.whenGone(instance);
    instance.phase = 'stopping';
    this.parts.leaving();
    void gateway.push();
    runtime.signal(id, 'stop');
    const { graceMs } = instance.plan.stop;
    const signal = instance.record.role === 'resource' ? 'its stop signal' : 'SIGTERM';
    await withDeadline(graceMs, [gone]);
    if (!instances.has(id)) return;
    news.tell(instance, 'instance-killed', `still there ${graceMs / 1000} s after ${signal}: SIGKILL`);
    runtime.signal(id, 'kill');
    await gone;
  }

  /** The instance is gone: whoever waits for that goes on. */
  gone(id: string): void {
    for (const wake of this.waiting.get(id) ?? []) wake();
    this.waiting.delete(id);
  }

  private whenGone({ record }: Instance): Promise<void> {
    if (!this.parts.instances.has(record.id)) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting.set(record.id, [...(this.waiting.get(record.id) ?? []), resolve]);
    });
  }
}
