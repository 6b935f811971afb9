import { setTimeout as pause } from 'node:timers/promises';
import {
  type Change,
  type Cluster,
  isRefusal,
  type Kind,
  type ListQuery,
  type LiveObject,
} from './api/index.ts';

export interface MirrorParts {
  cluster: Cluster;
  kind: Kind;
  query: ListQuery;
  /** Something has changed; without an object: anything may have. */
  onChange: (object?: LiveObject) => void;
}

const FIRST_MS = 200;
const LONGEST_MS = 5000;
/** What was seen so long before a watch broke is still news, ms. */
const STILL_NEWS_MS = 3000;

/** The objects of a kind as they are now: listed once, and followed. What was missed is listed again. */
export class Mirror {
  private readonly parts: MirrorParts;
  private readonly objects = new Map<string, LiveObject>();
  private readonly stop = new AbortController();
  private readonly synced = Promise.withResolvers<void>();
  private isSynced = false;
  private problem: { error: Error; since: number } | null = null;

  constructor(parts: MirrorParts) {
    this.parts = parts;
    this.synced.promise.catch(() => {});
    void this.follow();
  }

  /** All of them. Waits for the first look; throws why there is none now. */
  async items(): Promise<LiveObject[]> {
    if (this.problem !== null && this.isOld(this.problem)) throw this.problem.error;
    if (!this.isSynced) await this.synced.promise;
    return [...this.objects.values()];
  }

  /** As far as they are known. */
  known(): LiveObject[] {
    return [...this.objects.values()];
  }

  /** Whether everything was listed once. */
  get hasLooked(): boolean {
    return this.isSynced;
  }

  /** Why it can’t be followed now. */
  get trouble(): Error | null {
    return this.problem?.error ?? null;
  }

  close(): void {
    this.stop.abort();
  }

  private async follow(): Promise<void> {
    let version: string | null = null;
    let waitMs = FIRST_MS;
    while (!this.stop.signal.aborted)
      try {
        version ??= await this.list();
        for await (const change of this.changes(version)) {
          version = versionAfter(change);
          this.take(change);
          waitMs = FIRST_MS;
        }
        this.isWell();
      } catch (error) {
        // Too long ago: what was missed is listed.
        if (isRefusal(error, 410)) version = null;
        else this.hasProblem(error as Error);
        await pause(waitMs, undefined, { signal: this.stop.signal, ref: false }).catch(() => {});
        waitMs = Math.min(LONGEST_MS, waitMs * 2);
      }
  }

  private changes(version: string): AsyncIterable<Change> {
    const { cluster, kind, query } = this.parts;
    return cluster.watch(kind, { ...query, version }, this.stop.signal);
  }

  private async list(): Promise<string> {
    const { cluster, kind, query, onChange } = this.parts;
    const { items, version } = await cluster.list(kind, query);
    this.objects.clear();
    for (const object of items) this.objects.set(object.metadata.uid, object);
    this.isWell();
    this.isSynced = true;
    this.synced.resolve();
    onChange();
    return version;
  }

  private take(change: Change): void {
    this.isWell();
    if (change.type === 'bookmark') return;
    const { object } = change;
    if (change.type === 'gone') this.objects.delete(object.metadata.uid);
    else this.objects.set(object.metadata.uid, object);
    this.parts.onChange(object);
  }

  private isOld({ since }: { since: number }): boolean {
    return !this.isSynced || performance.now() - since > STILL_NEWS_MS;
  }

  private isWell(): void {
    this.problem = null;
  }

  private hasProblem(error: Error): void {
    if (this.stop.signal.aborted) return;
    this.problem = { error, since: this.problem?.since ?? performance.now() };
    if (!this.isSynced) this.synced.reject(error);
    this.parts.onChange();
  }
}

function versionAfter(change: Change): string {
  return change.type === 'bookmark' ? change.version : change.object.metadata.resourceVersion;
}
