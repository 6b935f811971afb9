import type { DrainDeadlines, Probe, TrafficCounts, TrafficInstance } from '../../core/contracts/index.ts';
import type { Limits } from '../limits.ts';
import { now } from '../turn.ts';
import { UpstreamConnection, type UpstreamUser } from './connection.ts';
import { type Listed, Loads } from './loads.ts';
import { Prober } from './prober.ts';
import {
  afterProbe,
  afterRefusedRequest,
  nextProbeDelay,
  type ProbeOutcome,
  type Readiness,
  takesTraffic,
  UNPROVEN,
  underSuspicion,
} from './readiness.ts';
import type { Service } from './service.ts';

/** A request or tunnel that an instance carries. */
export interface Load {
  /** Ends it because the drain deadline has passed. */
  cut(): void;
}

/** A request may still be waiting for its connection. */
export interface RequestLoad extends Load, Listed {
  /** Goes to another instance if not a byte was sent. */
  rerouteIfUnsent(): void;
  /** Goes to another instance if it can: this one can't be reached any more. */
  rerouteIfSafe(): void;
  /** Its answer is a stream of events, which ends when the instance ends it: nobody waits for that. */
  readonly isEndless: boolean;
}

/** One instance as the gateway sees it: its readiness, its connections, what it carries. */
export class Instance {
  readonly service: Service;
  spec: TrafficInstance;
  readiness: Readiness = UNPROVEN;
  readonly counts = freshCounts();
  readonly requests = new Loads<RequestLoad>();
  readonly tunnels = new Set<Load>();
  /** Called when the last request or tunnel that ends by itself has left. */
  onIdle: (() => void) | null = null;
  /** It is drained and the deadline of its upgraded connections has passed: a new one ends at once. */
  tunnelsAreOver = false;
  private readonly limits: Limits;
  private readonly idle: UpstreamConnection[] = [];
  private prober: Prober | null = null;
  private failuresInRow = 0;
  private lostTimer: NodeJS.Timeout | null = null;

  constructor(service: Service, spec: TrafficInstance, limits: Limits) {
    this.service = service;
    this.spec = spec;
    this.limits = limits;
  }

  get load(): number {
    return this.requests.size + this.tunnels.size;
  }

  get takesTraffic(): boolean {
    return this.spec.rotation === 'in' && takesTraffic(this.readiness);
  }

  get probe(): Probe {
    return this.spec.probe ?? this.service.spec.probe;
  }

  get drainDeadlines(): DrainDeadlines {
    return this.spec.drain ?? this.service.spec.drain;
  }

  startProbing(): void {
    this.prober?.stop();
    this.prober = new Prober({
      address: this.spec.address,
      probe: this.probe,
      heard: (outcome) => this.heard(outcome),
    });
  }

  /** After a change of the probe's rules. */
  restartProbing(): void {
    if (this.prober !== null) this.startProbing();
  }

  stopProbing(): void {
    this.prober?.stop();
    this.prober = null;
  }

  /** A pooled connection (the one used last) or a new one. A POST gets only a recently used one. */
  connect(user: UpstreamUser, request: { idempotent: boolean; fresh: boolean }): UpstreamConnection {
    const pooled = request.fresh ? null : this.takeIdle(request.idempotent);
    if (pooled === null) return new UpstreamConnection(this, user, this.limits.connectMs);
    pooled.user = user;
    return pooled;
  }

  /** Puts a connection whose exchange is complete back; `keepAliveMs`: what the instance promised, or -1. */
  release(connection: UpstreamConnection, keepAliveMs: number): void {
    if (this.spec.rotation === 'out' || this.idle.length >= this.limits.idlePerInstance) {
      connection.destroy();
      return;
    }
    connection.user = null;
    connection.isReused = true;
    connection.idleSince = now();
    const promised = keepAliveMs < 0 ? this.limits.upstreamIdleMs : Math.max(0, keepAliveMs - 1_000);
    connection.expires = connection.idleSince + Math.min(promised, this.limits.upstreamIdleMs);
    this.idle.push(connection);
  }

  forget(connection: UpstreamConnection): void {
    const index = this.idle.indexOf(connection);
    if (index !== -1) this.idle.splice(index, 1);
  }

  closeIdle(): void {
    for (const connection of [...this.idle]) connection.destroy();
  }

  closeExpired(now: number): void {
    while (this.idle.length > 0 && this.idle[0]!.expires <= now) this.idle[0]!.destroy();
  }

  /** Something it carried has ended, or has turned out to be endless. */
  left(): void {
    if (this.onIdle !== null && this.tunnels.size === 0 && this.hasOnlyEndless()) this.onIdle();
  }

  private hasOnlyEndless(): boolean {
    return this.requests.size === 0 || this.requests.all().every(({ isEndless }) => isEndless);
  }

  /** A connection for a request was refused or timed out: out at once, until a probe passes. */
  refused(reason: string, unreachable: boolean): void {
    this.become(afterRefusedRequest(this.readiness, reason));
    this.prober?.probeNow();
    if (unreachable) this.lost();
  }

  /** Its machine is gone, or the way to it: what waits for its answer would wait in vain. */
  private lost(): void {
    if (this.readiness.readiness !== 'unready') return;
    for (const request of this.requests.all()) request.rerouteIfSafe();
    this.lostTimer ??= setTimeout(() => this.cutAll(), this.limits.lostMs).unref();
  }

  /** It did not come back: nobody hears more of it. */
  private cutAll(): void {
    this.lostTimer = null;
    for (const load of [...this.requests.all(), ...this.tunnels]) load.cut();
  }

  /** A connection broke while an answer was awaited. A reused one may just have been closed for idleness. */
  broke(connection: UpstreamConnection): void {
    if (!connection.isReused) this.become(underSuspicion(this.readiness));
    this.prober?.probeNow();
  }

  /** Counts failures in a row that the gateway observed (no answer in time, nonsense): three raise suspicion. */
  failed(): void {
    if (++this.failuresInRow < 3) return;
    this.suspect();
  }

  answered(): void {
    this.failuresInRow = 0;
  }

  suspect(): void {
    this.failuresInRow = 0;
    this.become(underSuspicion(this.readiness));
    this.prober?.probeNow();
  }

  private heard(outcome: ProbeOutcome): number {
    const { probe } = this;
    this.become(afterProbe(this.readiness, outcome, { probe, now: performance.now() }));
    if (!outcome.passed && outcome.unreachable) this.lost();
    return nextProbeDelay(this.readiness, probe);
  }

  private become(next: Readiness): void {
    const before = this.readiness;
    this.readiness = next;
    if (before.readiness !== next.readiness || before.reason !== next.reason)
      this.service.readinessChanged(this);
    if (next.readiness === 'unready') this.closeIdle();
    else this.found();
    if (this.takesTraffic) this.service.admitHeld();
  }

  private found(): void {
    if (this.lostTimer !== null) clearTimeout(this.lostTimer);
    this.lostTimer = null;
  }

  private takeIdle(idempotent: boolean): UpstreamConnection | null {
    const connection = this.idle.pop();
    if (connection === undefined) return null;
    const time = now();
    // A request that may not be retried avoids a connection that the instance may be about to close.
    const isFreshEnough = idempotent || time - connection.idleSince < 1_000;
    if (connection.expires > time && isFreshEnough && connection.socket.writable) return connection;
    connection.destroy();
    return this.takeIdle(idempotent);
  }
}

export function freshCounts(): TrafficCounts {
  return { requests: 0, inFlight: 0, upgrades: 0, serverErrors: 0, gatewayErrors: 0 };
}
