import type { ExecSession } from '../../../core/contracts/index.ts';
import type { KubernetesObject } from '../../../core/kubernetes/index.ts';

/** A kind of objects as the API names it. */
export interface Kind {
  /** `apps/v1`; `v1` for the oldest ones. */
  apiVersion: string;
  /** `Deployment`. */
  kind: string;
}

/** Which object is meant. */
export interface ObjectRef extends Kind {
  /** Left out where objects of its kind are the cluster’s own. */
  namespace?: string;
  name: string;
}

/** An object as a cluster has it. */
export interface LiveObject extends Kind {
  metadata: LiveMetadata;
  [field: string]: unknown;
}

export interface LiveMetadata {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  /** RFC 3339, whole seconds. */
  creationTimestamp: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { kind: string; name: string; uid: string; controller?: boolean }[];
  finalizers?: string[];
  managedFields?: ManagedFields[];
}

/** Who holds which fields: `fieldsV1` as the API writes it (`{"f:spec": {"f:replicas": {}}}`). */
export interface ManagedFields {
  manager: string;
  operation: 'Apply' | 'Update';
  subresource?: string;
  fieldsV1?: object;
  time?: string;
}

export interface ListQuery {
  /** Left out: of the whole cluster. */
  namespace?: string;
  /** Labels that they have. */
  labels?: Record<string, string>;
  /** Only the one of this name. */
  name?: string;
}

export interface ObjectList {
  items: LiveObject[];
  /** Where a watch goes on from. */
  version: string;
}

export type Change =
  | { type: 'put'; object: LiveObject }
  | { type: 'gone'; object: LiveObject }
  /** Nothing happened up to this version. */
  | { type: 'bookmark'; version: string };

export interface ApplyOptions {
  /** Takes fields from whoever else holds them. */
  force?: boolean;
  /** Says what would come of it, and changes nothing. */
  dryRun?: boolean;
  /** Who holds the fields then; left out: `escale`. */
  manager?: string;
}

export interface DeleteOptions {
  /** `foreground`: it stays until what it owns is gone; `orphan`: what it owns stays. */
  propagation?: 'background' | 'foreground' | 'orphan';
  /** Left out: as the object itself says, seconds. */
  graceSeconds?: number;
  /** Only if it is still that one. */
  uid?: string;
}

export interface PodLogQuery {
  container?: string;
  follow?: boolean;
  tail?: number;
  /** Of the container’s life before this one. */
  previous?: boolean;
}

export interface PodLogLine {
  /** ms since 1970. */
  at: number;
  text: string;
}

/**
 * What Escale asks of a cluster. Everything throws `cluster-away` where nobody answers (also when asked too often),
 * `cluster-forbidden`, and `ClusterRefusal` for whatever else the API does not do.
 */
export interface Cluster {
  /** Null: there is no such object. */
  get(ref: ObjectRef): Promise<LiveObject | null>;
  list(kind: Kind, query: ListQuery): Promise<ObjectList>;
  /** Changes since a version, until the API or the signal ends it. Throws a refusal with status 410 where that is too long ago. */
  watch(kind: Kind, query: ListQuery & { version: string }, signal: AbortSignal): AsyncIterable<Change>;
  /** Server-side apply by the manager `escale`. Throws a refusal with `conflicts` where others hold fields that differ. */
  apply(object: KubernetesObject, options?: ApplyOptions): Promise<LiveObject>;
  /** Throws a refusal with status 409 where there is one of that name. */
  create(object: Kind & { metadata: object; [field: string]: unknown }): Promise<LiveObject>;
  /** Changes by RFC 7386, as the manager `escale`. */
  merge(ref: ObjectRef, change: object): Promise<LiveObject>;
  /** Resolves when it is told to go; one that is not there is gone already. */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<void>;
  /** Lines of a pod’s container, whole. */
  logs(
    pod: { namespace: string; name: string },
    query: PodLogQuery,
    signal: AbortSignal,
  ): AsyncIterable<PodLogLine>;
  exec(
    pod: { namespace: string; name: string },
    request: { container: string; command: string[] },
  ): Promise<ExecSession>;
  /** One connection to a port of a pod. */
  forward(pod: { namespace: string; name: string }, port: number): Promise<ExecSession>;
  /** `v1.36.2`. */
  version(): Promise<string>;
  close(): void;
}
