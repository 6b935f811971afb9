import type { Clock, Runtime } from '../core/contracts/index.ts';
import type { GatewayLink } from './gateway-link.ts';
import { type Instance, isLeaving } from './instance.ts';
import { livenessProblem } from './liveness.ts';
import type { OutputReader } from './output-reader.ts';
import { HOST } from './table.ts';

export interface WatchParts {
  runtime: Runtime;
  instances: Map<string, Instance>;
  clock: Clock;
  output: OutputReader;
  gateway: GatewayLink;
  /** It does not answer on its live path any more. */
  dead: (instance: Instance, reason: string) => void;
}

/** How often memory, CPU, traffic and liveness are looked at, ms. */
const SAMPLE_MS = 2000;

/** Looks after instances that run: what they use, and whether they are alive. */
export class Watch {
  private readonly parts: WatchParts;
  private timer: NodeJS.Timeout | null = null;
  private isBusy = false;

  constructor(parts: WatchParts) {
    this.parts = parts;
  }

  start(): void {
    this.timer = setInterval(() => void this.look(), SAMPLE_MS);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  /** A look that takes longer than the interval is not started twice. */
  private async look(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      await Promise.all([
        this.sampleUse(),
        this.parts.gateway.sample(),
        this.checkLiveness(),
        this.readOutputs(),
      ]);
    } finally {
      this.isBusy = false;
    }
  }

  private async sampleUse(): Promise<void> {
    const now = this.parts.clock.now();
    for (const { id, memoryBytes, cpuMs } of await this.parts.runtime.stats()) {
      const instance = this.parts.instances.get(id);
      if (instance === undefined) continue;
      const last = instance.cpuSample;
      instance.memoryBytes = memoryBytes;
      instance.cpu = last === null ? null : (cpuMs - last.cpuMs) / Math.max(1, now - last.at);
      instance.cpuSample = { cpuMs, at: now };
    }
  }

  /** Writing is noticed at once as a rule; this finds what a lost notice left. */
  private async readOutputs(): Promise<void> {
    for (const id of [...this.parts.instances.keys()]) await this.parts.output.read(id);
  }

  private async checkLiveness(): Promise<void> {
    const watched = [...this.parts.instances.values()].filter(
      (instance) =>
        instance.everReady &&
        !isLeaving(instance) &&
        instance.plan.health.live !== null &&
        instance.record.port !== null,
    );
    await Promise.all(watched.map((instance) => this.checkOne(instance)));
  }

  private async checkOne(instance: Instance): Promise<void> {
    const { live, timeoutMs, failures } = instance.plan.health;
    const problem = await livenessProblem({
      host: instance.record.host ?? HOST,
      port: instance.record.port!,
      path: live!,
      timeoutMs,
    });
    instance.liveFailures = problem === null ? 0 : instance.liveFailures + 1;
    if (instance.liveFailures >= failures) this.parts.dead(instance, `is not alive any more: ${problem}`);
  }
}
