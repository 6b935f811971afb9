import type { ExecSession } from '../../../core/contracts/index.ts';
import type { KubernetesObject } from '../../../core/kubernetes/index.ts';
import type {
  ApplyOptions,
  Change,
  Cluster,
  DeleteOptions,
  Kind,
  ListQuery,
  LiveObject,
  ObjectList,
  ObjectRef,
  PodLogLine,
  PodLogQuery,
} from './cluster.ts';
import { type ApiRequest, Connection } from './connection.ts';
import { openExec } from './exec.ts';
import { openForward } from './forward.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import { linesOf } from './lines.ts';
import { collectionPath, objectPath, selectorsOf } from './paths.ts';
import { type ApiStatus, isRefusal, refusalOf } from './refusal.ts';

/** Who holds the fields that Escale applies. */
export const FIELD_MANAGER = 'escale';
/** Of one page of a list. */
const PAGE = '500';
/** After so long a watch begins anew, seconds: a connection that broke unseen costs no more than this. */
const WATCH_SECONDS = 240;
const POD: Kind = { apiVersion: 'v1', kind: 'Pod' };

/** A cluster over its HTTP API. */
export class HttpCluster implements Cluster {
  private readonly access: () => ClusterAccess;
  private readonly manager: string;
  private made: Connection | null = null;

  /** `access` is asked when the first request is sent; it may throw `cluster-config`, and is then asked again. */
  constructor(access: () => ClusterAccess, manager = FIELD_MANAGER) {
    this.access = access;
    this.manager = manager;
  }

  private get connection(): Connection {
    this.made ??= new Connection(this.access());
    return this.made;
  }

  async get(ref: ObjectRef): Promise<LiveObject | null> {
    const request: ApiRequest = { method: 'GET', path: objectPath(ref), what: `read ${nameOf(ref)}` };
    return this.connection.ask<LiveObject>(request).catch((error: unknown) => {
      if (isRefusal(error, 404)) return null;
      throw error;
    });
  }

  async list(kind: Kind, { namespace, ...which }: ListQuery): Promise<ObjectList> {
    const items: LiveObject[] = [];
    let next: string | undefined;
    for (;;) {
      const page = await this.connection.ask<ListAnswer>({
        method: 'GET',
        path: collectionPath(kind, namespace),
        query: { limit: PAGE, ...selectorsOf(which), continue: next },
        what: `list ${kind.kind}`,
      });
      // In lists the API leaves out what all of them are.
      items.push(...page.items.map((item) => ({ ...item, ...kindOnly(kind) })));
      next = page.metadata.continue || undefined;
      if (next === undefined) return { items, version: page.metadata.resourceVersion };
    }
  }

  async *watch(
    kind: Kind,
    { namespace, version, ...which }: ListQuery & { version: string },
    signal: AbortSignal,
  ): AsyncIterable<Change> {
    const what = `watch ${kind.kind}`;
    const query = {
      ...{ watch: 'true', allowWatchBookmarks: 'true', resourceVersion: version },
      ...{ timeoutSeconds: String(WATCH_SECONDS), ...selectorsOf(which) },
    };
    const path = collectionPath(kind, namespace);
    const limit = AbortSignal.any([signal, AbortSignal.timeout((WATCH_SECONDS + 30) * 1000)]);
    const answer = await this.connection.stream({
      method: 'GET',
      path,
      query,
      what,
      signal: limit,
      isLong: true,
    });
    try {
      // That it is answered at all is news to whoever was cut off.
      yield { type: 'bookmark', version };
      for await (const line of linesOf(answer)) yield changeIn(JSON.parse(line) as WatchLine, kind, what);
    } catch (error) {
      if (!signal.aborted) throw this.connection.away(what, error as Error);
    } finally {
      answer.destroy();
    }
  }

  async apply(
    object: KubernetesObject,
    { force = false, dryRun = false, manager = this.manager }: ApplyOptions = {},
  ): Promise<LiveObject> {
    const { apiVersion, kind, metadata } = object;
    const ref = { apiVersion, kind, ...metadata };
    return this.connection.ask<LiveObject>({
      method: 'PATCH',
      path: objectPath(refOf(ref)),
      query: {
        ...{ fieldManager: manager, force: String(force), fieldValidation: 'Strict' },
        dryRun: dryRun ? 'All' : undefined,
      },
      body: { type: 'application/apply-patch+yaml', value: object },
      what: `apply ${nameOf(ref)}`,
    });
  }

  async create(object: Kind & { metadata: object; [field: string]: unknown }): Promise<LiveObject> {
    const { namespace, name = '' } = object.metadata as { namespace?: string; name?: string };
    return this.connection.ask<LiveObject>({
      method: 'POST',
      path: collectionPath(object, namespace),
      query: { fieldManager: this.manager },
      body: { type: 'application/json', value: object },
      what: `create ${object.kind} ${name}`.trim(),
    });
  }

  async merge(ref: ObjectRef, change: object): Promise<LiveObject> {
    return this.connection.ask<LiveObject>({
      method: 'PATCH',
      path: objectPath(ref),
      query: { fieldManager: this.manager },
      body: { type: 'application/merge-patch+json', value: change },
      what: `change ${nameOf(ref)}`,
    });
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    const { propagation = 'background', graceSeconds, uid } = options;
    const value = {
      ...{ apiVersion: 'v1', kind: 'DeleteOptions' },
      propagationPolicy: PROPAGATION[propagation],
      ...(graceSeconds !== undefined && { gracePeriodSeconds: graceSeconds }),
      ...(uid !== undefined && { preconditions: { uid } }),
    };
    const body = { type: 'application/json', value };
    const request: ApiRequest = {
      method: 'DELETE',
      path: objectPath(ref),
      body,
      what: `delete ${nameOf(ref)}`,
    };
    await this.connection.ask(request).catch((error: unknown) => {
      if (!isRefusal(error, 404)) throw error;
    });
  }

  async *logs(
    pod: { namespace: string; name: string },
    { container, follow = false, tail, previous = false }: PodLogQuery,
    signal: AbortSignal,
  ): AsyncIterable<PodLogLine> {
    const what = `logs of ${pod.name}`;
    const answer = await this.connection.stream({
      method: 'GET',
      path: `${objectPath({ ...POD, ...pod })}/log`,
      query: {
        ...{ container, timestamps: 'true', follow: String(follow), previous: String(previous) },
        tailLines: tail === undefined ? undefined : String(tail),
      },
      ...{ what, signal, isLong: true },
    });
    try {
      for await (const line of linesOf(answer)) yield logLine(line);
    } catch (error) {
      if (!signal.aborted) throw this.connection.away(what, error as Error);
    } finally {
      answer.destroy();
    }
  }

  async exec(pod: { namespace: string; name: string }, request: { container: string; command: string[] }) {
    return openExec(this.connection, { path: `${objectPath({ ...POD, ...pod })}/exec`, ...request });
  }

  async forward(pod: { namespace: string; name: string }, port: number): Promise<ExecSession> {
    return openForward(this.connection, { path: `${objectPath({ ...POD, ...pod })}/portforward`, port });
  }

  async version(): Promise<string> {
    const request: ApiRequest = { method: 'GET', path: '/version', what: 'read the version' };
    return (await this.connection.ask<{ gitVersion: string }>(request)).gitVersion;
  }

  close(): void {
    this.made?.close();
  }
}

const PROPAGATION = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' };

interface ListAnswer {
  metadata: { resourceVersion: string; continue?: string };
  items: LiveObject[];
}

type WatchLine =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; object: LiveObject }
  | { type: 'ERROR'; object: ApiStatus };

function changeIn(line: WatchLine, kind: Kind, what: string): Change {
  if (line.type === 'ERROR') throw refusalOf(line.object.code ?? 500, line.object, { what, method: 'GET' });
  if (line.type === 'BOOKMARK') return { type: 'bookmark', version: line.object.metadata.resourceVersion };
  const object = { ...line.object, ...kindOnly(kind) };
  return { type: line.type === 'DELETED' ? 'gone' : 'put', object };
}

function kindOnly({ apiVersion, kind }: Kind): Kind {
  return { apiVersion, kind };
}

function refOf({ apiVersion, kind, namespace, name }: ObjectRef): ObjectRef {
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}

function nameOf({ kind, name }: ObjectRef): string {
  return `${kind} ${name}`;
}

/** `2026-11-26T10:00:00.123456789Z text`. */
function logLine(line: string): PodLogLine {
  const space = line.indexOf(' ');
  const at = Date.parse(space < 0 ? line : line.slice(0, space));
  if (Number.isNaN(at)) return { at: Date.now(), text: line };
  return { at, text: space < 0 ? '' : line.slice(space + 1) };
}
