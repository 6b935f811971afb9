import type { Engine, EngineEvent, Observation, ToldEvent } from '../../core/contracts/index.ts';
import { isDiskFull } from '../../core/errors/index.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { Pipelines } from '../pipelines/index.ts';
import type { Store, StoredEvent } from '../store/index.ts';
import type { Targets } from '../targets/index.ts';
import { overview } from './overview.ts';
import type { Overview } from './types.ts';

/** What pages show of hosts elsewhere. */
type TargetPictures = Pick<Targets, 'list'>;

interface Listener {
  overview: (overview: Overview) => void;
  event: (event: StoredEvent) => void;
}

/** How long one wait for a change is; while pages are open figures move without one, ms. */
const LONG_POLL_MS = 10_000;
const WATCHED_POLL_MS = 2000;
const RETRY_MS = 200;
/** Pipeline runs in a picture. */
const RUNS_SHOWN = 50;
/** At most so many pictures a second are sent to pages. */
const THROTTLE_MS = 200;

export interface LiveParts {
  engine: Engine;
  store: Store;
  /** Hosts elsewhere; left out: there are none. */
  targets?: TargetPictures;
  httpPort: number;
  version: string;
  now: () => number;
}

/** Keeps pages current: follows the engine, stores its events, sends pictures and events to who listens. */
export class Live {
  private readonly parts: LiveParts;
  private readonly listeners = new Set<Listener>();
  private readonly stop = new AbortController();
  controlPlane: ControlPlane | null = null;
  pipelines: Pick<Pipelines, 'newest'> | null = null;
  private isDue = false;

  constructor(parts: LiveParts) {
    this.parts = parts;
  }

  start(): void {
    void this.followChanges();
    void this.followEvents();
  }

  close(): void {
    this.stop.abort();
  }

  async overview(): Promise<Overview> {
    const observation = await this.parts.engine.observe().catch(() => null);
    return this.picture(observation);
  }

  /** Calls back with `overview` at once, then with every change; returns what ends it. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    void this.show([listener]);
    return () => this.listeners.delete(listener);
  }

  /** Sends the picture; where it can't be taken now, the next change brings one. */
  private async show(listeners: Iterable<Listener>): Promise<void> {
    try {
      const picture = await this.overview();
      for (const listener of listeners) listener.overview(picture);
    } catch (error) {
      console.error(error);
    }
  }

  /** Something has changed that the engine knows nothing of: a picture follows soon. */
  hear(): void {
    if (this.isDue || this.listeners.size === 0) return;
    this.isDue = true;
    const show = () => {
      this.isDue = false;
      if (this.listeners.size > 0 && !this.stop.signal.aborted) void this.show(this.listeners);
    };
    setTimeout(show, THROTTLE_MS).unref();
  }

  /** Stores an event and sends it on. On a full disk it is lost, and whatever it tells of goes on. */
  add(event: EngineEvent): void {
    try {
      this.send(this.parts.store.addEvent(event));
      this.hear();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      console.error(`${event.type} ${event.system}: ${event.message} (${error.message})`);
    }
  }

  private send(event: StoredEvent): void {
    for (const listener of this.listeners) listener.event(event);
  }

  private picture(observation: Observation | null): Overview {
    const { targets, httpPort, version, now } = this.parts;
    const runs = this.pipelines?.newest(RUNS_SHOWN) ?? [];
    return overview({
      ...{ controlPlane: this.controlPlane!, observation, runs, httpPort, version, now: now() },
      targets: targets?.list() ?? [],
    });
  }

  private async followChanges(): Promise<void> {
    let seen = 0;
    while (!this.stop.signal.aborted) {
      const next = await this.parts.engine
        .changed(seen, this.listeners.size > 0 ? WATCHED_POLL_MS : LONG_POLL_MS)
        .catch(() => null);
      if (next === null) await sleep(RETRY_MS);
      if (this.listeners.size > 0) await this.show(this.listeners);
      seen = next ?? 0;
      await sleep(THROTTLE_MS);
    }
  }

  /** Each event once, also over restarts of either side: the last one stored is remembered. */
  private async followEvents(): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        for await (const event of this.parts.engine.events(this.stop.signal)) this.addOnce(event);
      } catch {
        // The supervisor is away; it is being restarted.
      }
      await sleep(RETRY_MS);
    }
  }

  private addOnce({ origin, sequence, target, ...event }: ToldEvent): void {
    const { store } = this.parts;
    const name = target === undefined ? 'last-engine-event' : `last-engine-event of ${target}`;
    const [lastOrigin, last] = (store.meta(name) ?? ' 0').split(' ');
    if (origin === lastOrigin && sequence <= Number(last)) return;
    const stored = store.transaction(() => {
      store.setMeta(name, `${origin} ${sequence}`);
      return store.addEvent(event);
    });
    this.send(stored);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
