import type { DrainDeadlines } from '../../core/contracts/index.ts';
import type { Instance } from './instance.ts';

export interface DrainReport {
  cutRequests: number;
  closedUpgrades: number;
}

/**
 * Empties one instance that is out of rotation: waits for what it carries, ends what outstays its deadline. Streams of
 * events are not waited for: the instance ends them in order once it is told to stop.
 */
export class Drain {
  readonly instance: Instance;
  /** What had to be ended, once nothing is left; null until then. */
  report: DrainReport | null = null;
  private readonly done: (drain: Drain) => void;
  private readonly deadlines: DrainDeadlines;
  private readonly timers: NodeJS.Timeout[] = [];
  private cutRequests = 0;
  private closedUpgrades = 0;

  constructor(instance: Instance, deadlines: DrainDeadlines, done: (drain: Drain) => void) {
    this.instance = instance;
    this.deadlines = deadlines;
    this.done = done;
  }

  /** Starts; may be done before it returns. */
  begin(): void {
    const { instance, deadlines } = this;
    instance.stopProbing();
    instance.closeIdle();
    for (const request of instance.requests.all()) request.rerouteIfUnsent();
    instance.onIdle = () => this.finish();
    this.timers.push(setTimeout(() => this.cutAllRequests(), deadlines.requestsMs));
    this.timers.push(setTimeout(() => this.closeAllUpgrades(), deadlines.upgradesMs));
    instance.left();
  }

  /** The instance is wanted again. */
  cancel(): void {
    this.stop();
    this.instance.tunnelsAreOver = false;
  }

  private cutAllRequests(): void {
    const requests = this.instance.requests.all();
    this.cutRequests += requests.length;
    for (const request of requests) request.cut();
  }

  private closeAllUpgrades(): void {
    const tunnels = [...this.instance.tunnels];
    this.closedUpgrades += tunnels.length;
    this.instance.tunnelsAreOver = true;
    for (const tunnel of tunnels) tunnel.cut();
  }

  private finish(): void {
    this.stop();
    this.report = { cutRequests: this.cutRequests, closedUpgrades: this.closedUpgrades };
    this.done(this);
  }

  private stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.instance.onIdle = null;
  }
}
