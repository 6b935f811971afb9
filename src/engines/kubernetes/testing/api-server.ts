import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pluralOf } from '../../../core/kubernetes/index.ts';
import { http } from '../../../host/index.ts';
import type { ClusterAccess, ObjectRef } from '../api/index.ts';
import { answerUpgrade } from './channels.ts';
import { Controllers } from './controllers.ts';
import { Kubelet } from './kubelet.ts';
import { ObjectStore, type StoreChange, type StoredObject } from './object-store.ts';

/** What the test wants a request to be answered with instead. */
export interface Fault {
  status: number;
  reason?: string;
  message?: string;
  /** Seconds. */
  retryAfter?: number;
}

interface DeleteWish {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string };
}

const KINDS = [
  ...[
    'ConfigMap',
    'EndpointSlice',
    'Event',
    'Namespace',
    'PersistentVolumeClaim',
    'Pod',
    'Secret',
    'Service',
    'ServiceAccount',
  ],
  ...['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet', 'CronJob', 'Job'],
  ...['Ingress', 'NetworkPolicy', 'PodDisruptionBudget', 'Role', 'RoleBinding', 'HTTPRoute', 'Cluster'],
  ...['HorizontalPodAutoscaler', 'SelfSubjectAccessReview', 'Node', 'StorageClass', 'IngressClass'],
];
const BY_PLURAL = new Map(KINDS.map((kind) => [pluralOf(kind), kind]));
const PATH =
  /^\/(?:api|apis\/([^/]+))\/(v[^/]+)(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?(?:\/(log))?$/;

/**
 * An API server in this process, with the controllers and nodes behind it: server-side apply with its conflicts, versions,
 * watches, and faults when asked for. It checks no schemas and fills in no defaults.
 */
export class ApiServer {
  readonly store = new ObjectStore();
  readonly kubelet = new Kubelet(this.store);
  readonly controllers = new Controllers(this.store);
  /** Of a pod’s container, by its name. */
  readonly output = new Map<string, string[]>();
  /** Null: answered as it should be; `cut`: its connection ends without an answer. */
  fault: (request: { method: string; path: string; kind: string; name: string }) => Fault | 'cut' | null =
    () => null;
  /** What a command in a pod says, and how it ends. */
  command: (pod: string, words: string[], input: string) => { out: string; err: string; exit: number } =
    () => ({
      ...{ out: '', err: '', exit: 0 },
    });
  /** Where connections to pods go: a port of this host. */
  podPort = 0;
  /** What was asked for: `PATCH deployments/web`. */
  readonly asked: string[] = [];
  private readonly server = http.createServer((request, response) => void this.answer(request, response));
  private readonly watches = new Set<ServerResponse>();
  private isSettling = false;
  private port = 0;

  static async start(): Promise<ApiServer> {
    const made = new ApiServer();
    await new Promise<void>((resolve) => made.server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  private constructor() {
    this.store.onChange(() => this.settleSoon());
    this.server.on('upgrade', (request, socket, head) => answerUpgrade(this, request, { socket, head }));
  }

  get access(): ClusterAccess {
    const port = this.server.listening ? (this.server.address() as AddressInfo).port : this.port;
    const server = `http://127.0.0.1:${port}`;
    return {
      server,
      authority: null,
      serverName: null,
      isInsecure: false,
      signIn: { kind: 'token', token: 'x' },
    };
  }

  get openWatches(): number {
    return this.watches.size;
  }

  /** Ends every watch, as a restart of the server does. */
  dropWatches(): void {
    for (const response of this.watches) response.destroy();
  }

  /** Nobody listens any more, and what was connected is cut off; what runs in the cluster stands still. */
  async leave(): Promise<void> {
    const { port } = this.server.address() as AddressInfo;
    this.port = port;
    await this.stopListening();
  }

  /** It listens again where it was. */
  async comeBack(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.settleSoon();
  }

  /** A write by somebody else, as `kubectl edit` does it. */
  edit(ref: ObjectRef, change: (object: StoredObject) => void, manager = 'kubectl-edit'): void {
    const before = this.store.get(ref)!;
    const after = structuredClone(before);
    change(after);
    const ownership = this.store.ownership(ref);
    ownership.update(before, after, manager);
    this.store.put(after, ownership);
  }

  /** Controllers and nodes do what is to be done, until nothing changes any more. */
  settle(): void {
    for (let round = 0; round < 100; round++) {
      const before = this.store.currentVersion;
      this.controllers.look();
      this.kubelet.look();
      if (this.store.currentVersion === before) return;
    }
    throw new Error('the cluster does not come to rest');
  }

  async close(): Promise<void> {
    if (this.server.listening) await this.stopListening();
  }

  private async stopListening(): Promise<void> {
    this.dropWatches();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private settleSoon(): void {
    if (this.isSettling || !this.server.listening) return;
    this.isSettling = true;
    setImmediate(() => {
      this.settle();
      this.isSettling = false;
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://test');
    const isVersion = url.pathname === '/version';
    const [, group, version, namespace, plural = '', name, log] = PATH.exec(url.pathname) ?? [];
    const kind = BY_PLURAL.get(plural);
    if (kind === undefined && !isVersion)
      return refuse(response, { status: 404, reason: 'NotFound', message: url.pathname });
    if (!isVersion) this.asked.push(`${request.method} ${plural}${name === undefined ? '' : `/${name}`}`);
    const fault = this.fault({
      method: request.method!,
      path: url.pathname,
      kind: kind ?? '',
      name: name ?? '',
    });
    if (fault === 'cut') return void request.socket.destroy();
    if (fault !== null) return refuse(response, fault);
    if (kind === undefined) return send(response, 200, { gitVersion: 'v1.36.0-test' });
    const apiVersion = group === undefined ? version! : `${group}/${version}`;
    const ref: ObjectRef = {
      apiVersion,
      kind,
      name: name ?? '',
      ...(namespace !== undefined && { namespace }),
    };
    if (log !== undefined) return this.log(ref.name, url, response);
    const body = request.method === 'GET' ? {} : await bodyOf(request);
    const manager = url.searchParams.get('fieldManager') ?? 'test';
    if (request.method === 'GET' && name !== undefined) return this.get(ref, response);
    if (request.method === 'GET')
      return url.searchParams.has('watch') ? this.watch(ref, url, response) : this.list(ref, url, response);
    if (request.method === 'POST') return this.create(ref, body, manager, response);
    if (request.method === 'DELETE') return this.delete(ref, body, response);
    const isApply = request.headers['content-type'] === 'application/apply-patch+yaml';
    if (isApply) return this.apply(ref, body, { manager, params: url.searchParams }, response);
    return this.merge(ref, body, manager, response);
  }

  private get(ref: ObjectRef, response: ServerResponse): void {
    const object = this.store.get(ref);
    if (object === null) return notFound(response, ref);
    send(response, 200, object);
  }

  private list({ kind, namespace }: ObjectRef, url: URL, response: ServerResponse): void {
    const fits = selectorOf(url);
    const items = this.store.all(kind, namespace).filter(fits);
    send(response, 200, {
      kind: `${kind}List`,
      metadata: { resourceVersion: this.store.currentVersion },
      items,
    });
  }

  private watch({ kind, namespace }: ObjectRef, url: URL, response: ServerResponse): void {
    const fits = selectorOf(url);
    const isMeant = ({ object }: StoreChange) =>
      object.kind === kind &&
      (namespace === undefined || object.metadata.namespace === namespace) &&
      fits(object);
    const before = this.store.since(Number(url.searchParams.get('resourceVersion')));
    response.writeHead(200, { 'content-type': 'application/json' });
    const write = (line: object) => response.write(`${JSON.stringify(line)}\n`);
    if (before === null) {
      const object = {
        kind: 'Status',
        status: 'Failure',
        code: 410,
        reason: 'Expired',
        message: 'too old resource version',
      };
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
      return;
    }
    for (const change of before.filter(isMeant)) write(change);
    write({ type: 'BOOKMARK', object: { kind, metadata: { resourceVersion: this.store.currentVersion } } });
    const stop = this.store.onChange((change) => {
      if (isMeant(change)) write(change);
    });
    this.watches.add(response);
    response.once('close', () => {
      stop();
      this.watches.delete(response);
    });
  }

  private apply(
    ref: ObjectRef,
    config: Record<string, unknown>,
    { manager, params }: { manager: string; params: URLSearchParams },
    response: ServerResponse,
  ): void {
    if (
      ref.kind !== 'Namespace' &&
      this.store.get({ apiVersion: 'v1', kind: 'Namespace', name: ref.namespace! }) === null
    )
      return refuse(response, {
        status: 404,
        reason: 'NotFound',
        message: `namespaces "${ref.namespace}" not found`,
      });
    const known = this.store.get(ref);
    const live = structuredClone(known ?? newObject(ref));
    const ownership = this.store.ownership(ref);
    const conflicts = ownership.conflicts(live, config, manager);
    if (conflicts.length > 0 && params.get('force') !== 'true') return conflictsFound(response, conflicts);
    ownership.apply(live, config, manager);
    if (known !== null && volumesOf(known) !== volumesOf(live))
      return refuse(response, {
        ...{ status: 422, reason: 'Invalid' },
        message: 'updates to statefulset spec for fields other than … are forbidden',
      });
    if (params.has('dryRun')) return send(response, 200, live);
    send(response, known === null ? 201 : 200, this.store.put(live, ownership));
  }

  private merge(
    ref: ObjectRef,
    change: Record<string, unknown>,
    manager: string,
    response: ServerResponse,
  ): void {
    const before = this.store.get(ref);
    if (before === null) return notFound(response, ref);
    const after = merged(structuredClone(before), change) as StoredObject;
    const ownership = this.store.ownership(ref);
    ownership.update(before, after, manager);
    send(response, 200, this.store.put(after, ownership));
  }

  private create(
    ref: ObjectRef,
    body: Record<string, unknown>,
    manager: string,
    response: ServerResponse,
  ): void {
    if (ref.kind === 'SelfSubjectAccessReview')
      return send(response, 201, { ...body, status: { allowed: true } });
    const object = body as unknown as StoredObject;
    const full = { ...ref, name: object.metadata.name };
    if (this.store.get(full) !== null)
      return refuse(response, {
        status: 409,
        reason: 'AlreadyExists',
        message: `${ref.kind} "${full.name}" already exists`,
      });
    const ownership = this.store.ownership(full);
    ownership.update({}, object, manager);
    send(response, 201, this.store.put(object, ownership));
  }

  private delete(ref: ObjectRef, options: DeleteWish, response: ServerResponse): void {
    const object = this.store.get(ref);
    if (object === null) return notFound(response, ref);
    const { uid } = options.preconditions ?? {};
    if (uid !== undefined && uid !== object.metadata.uid)
      return refuse(response, {
        status: 409,
        reason: 'Conflict',
        message: 'the UID in the precondition is another one',
      });
    if (options.propagationPolicy === 'Orphan') this.orphan(object);
    if (ref.kind === 'Pod' && options.gracePeriodSeconds !== 0) {
      const metadata = {
        ...object.metadata,
        deletionTimestamp: new Date().toISOString(),
        finalizers: ['test/node'],
      };
      this.store.put({ ...object, metadata });
    } else this.store.remove(object);
    send(response, 200, { kind: 'Status', status: 'Success' });
  }

  private orphan({ metadata: { namespace, uid } }: StoredObject): void {
    for (const pod of this.store.all('Pod', namespace))
      if (pod.metadata.ownerReferences?.[0]?.uid === uid)
        this.store.put({ ...pod, metadata: { ...pod.metadata, ownerReferences: [] } });
  }

  private log(pod: string, url: URL, response: ServerResponse): void {
    const lines = this.output.get(pod) ?? [];
    const tail = url.searchParams.get('tailLines');
    const wanted = tail === null ? lines : lines.slice(-Number(tail));
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end(wanted.map((line) => `2026-11-26T10:00:00.000000001Z ${line}\n`).join(''));
  }
}

/** What a StatefulSet asks its volumes for never changes. */
function volumesOf({ spec }: StoredObject): string {
  return JSON.stringify(spec?.volumeClaimTemplates ?? null);
}

function newObject({ apiVersion, kind, namespace, name }: ObjectRef): StoredObject {
  const inside = namespace === undefined ? {} : { namespace };
  return {
    apiVersion,
    kind,
    metadata: { name, ...inside, uid: '', resourceVersion: '', creationTimestamp: '' },
  };
}

function selectorOf(url: URL): (object: StoredObject) => boolean {
  const pairs = (url.searchParams.get('labelSelector') ?? '')
    .split(',')
    .filter((pair) => pair !== '')
    .map((pair) => pair.split('='));
  const [, name = null] = url.searchParams.get('fieldSelector')?.split('metadata.name=') ?? [];
  return ({ metadata }) =>
    (name === null || metadata.name === name) &&
    pairs.every(([key, value]) => metadata.labels?.[key!] === value);
}

function conflictsFound(response: ServerResponse, conflicts: { manager: string; field: string }[]): void {
  const causes = conflicts.map(({ manager, field }) => ({
    ...{ reason: 'FieldManagerConflict', message: `conflict with "${manager}" using apps/v1`, field },
  }));
  const message = `Apply failed with ${conflicts.length} conflicts`;
  send(response, 409, {
    kind: 'Status',
    status: 'Failure',
    code: 409,
    reason: 'Conflict',
    message,
    details: { causes },
  });
}

function notFound(response: ServerResponse, { kind, name }: ObjectRef): void {
  refuse(response, { status: 404, reason: 'NotFound', message: `${kind} "${name}" not found` });
}

function refuse(
  response: ServerResponse,
  { status, reason = 'Failure', message = reason, retryAfter }: Fault,
): void {
  if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter));
  send(response, status, { kind: 'Status', status: 'Failure', code: status, reason, message });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

/** RFC 7386. */
function merged(target: unknown, change: unknown): unknown {
  if (!isMap(change)) return change;
  const base = isMap(target) ? target : {};
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete base[key];
    else base[key] = merged(base[key], value);
  }
  return base;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
