import { randomUUID } from 'node:crypto';
import type { Condition } from '../../../core/kubernetes/index.ts';
import type { LiveObject, ObjectRef } from '../api/index.ts';
import { Ownership } from './ownership.ts';

export interface Template {
  metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
  spec: { containers: { name: string }[]; nodeName?: string; volumes?: PodVolume[] };
}

export interface PodVolume {
  name: string;
  persistentVolumeClaim?: { claimName: string };
}

/** What the controllers and nodes here read of an object: of workloads, jobs and pods all at once. */
export interface Spec {
  replicas: number;
  template: Template;
  minReadySeconds?: number;
  strategy?: { rollingUpdate?: { maxSurge?: number } };
  containers: { name: string }[];
  nodeName?: string;
  volumes?: PodVolume[];
  volumeClaimTemplates?: { metadata: { name: string }; spec: object }[];
}

export interface Status {
  phase?: string;
  startTime?: string;
  completionTime?: string;
  failed?: number;
  conditions?: Condition[];
  containerStatuses?: { restartCount: number; [more: string]: unknown }[];
  problem?: string | null;
  [more: string]: unknown;
}

export type StoredObject = LiveObject & { spec?: Spec; status?: Status };

export interface StoreChange {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: StoredObject;
}

interface Entry {
  object: StoredObject;
  ownership: Ownership;
}

/** Objects with versions, and what changed in the order in which it did. */
export class ObjectStore {
  private readonly entries = new Map<string, Entry>();
  private readonly listeners = new Set<(change: StoreChange) => void>();
  private history: StoreChange[] = [];
  private version = 100;
  /** Changes up to this version are forgotten. */
  private forgotten = 0;

  get currentVersion(): string {
    return String(this.version);
  }

  get(ref: ObjectRef): StoredObject | null {
    return this.entries.get(keyOf(ref))?.object ?? null;
  }

  all(kind: string, namespace?: string): StoredObject[] {
    return [...this.entries.values()]
      .map(({ object }) => object)
      .filter(
        (one) => one.kind === kind && (namespace === undefined || one.metadata.namespace === namespace),
      );
  }

  ownership(ref: ObjectRef): Ownership {
    return this.entries.get(keyOf(ref))?.ownership.copy() ?? new Ownership();
  }

  /** Adds or changes an object; one that is the same stays as it is. */
  put(object: StoredObject, ownership?: Ownership): StoredObject {
    const key = keyOf({ ...object, ...object.metadata });
    const known = this.entries.get(key);
    const owners = ownership ?? known?.ownership ?? new Ownership();
    const metadata = {
      ...object.metadata,
      uid: known?.object.metadata.uid ?? randomUUID(),
      creationTimestamp: known?.object.metadata.creationTimestamp ?? seconds(),
      resourceVersion: known?.object.metadata.resourceVersion ?? '',
      managedFields: owners.managedFields() as LiveObject['metadata']['managedFields'] & object,
    };
    const next = { ...object, metadata };
    if (known !== undefined && JSON.stringify(known.object) === JSON.stringify(next)) return known.object;
    metadata.resourceVersion = String(++this.version);
    this.entries.set(key, { object: next, ownership: owners });
    this.tell({ type: known === undefined ? 'ADDED' : 'MODIFIED', object: next });
    if (next.metadata.deletionTimestamp !== undefined && (next.metadata.finalizers ?? []).length === 0)
      this.remove(next);
    return this.get({ ...next, ...next.metadata }) ?? next;
  }

  remove(object: StoredObject): void {
    const key = keyOf({ ...object, ...object.metadata });
    if (!this.entries.delete(key)) return;
    const metadata = { ...object.metadata, resourceVersion: String(++this.version) };
    this.tell({ type: 'DELETED', object: { ...object, metadata } });
  }

  /** Changes after a version; null: they are forgotten. */
  since(version: number): StoreChange[] | null {
    if (version < this.forgotten) return null;
    return this.history.filter(({ object }) => Number(object.metadata.resourceVersion) > version);
  }

  /** Forgets what has changed so far, as a real one does after some minutes. */
  compact(): void {
    this.forgotten = this.version;
    this.history = [];
  }

  onChange(listener: (change: StoreChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(change: StoreChange): void {
    this.history.push(change);
    for (const listener of [...this.listeners]) listener(change);
  }
}

function keyOf({ kind, namespace = '', name }: ObjectRef): string {
  return `${kind}/${namespace}/${name}`;
}

export function seconds(): string {
  return new Date().toISOString().replace(/\.\d+Z/, 'Z');
}
