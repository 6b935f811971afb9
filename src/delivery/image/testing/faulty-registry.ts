import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** What goes wrong with one request; null: nothing. */
export type Fault =
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  /** The connection breaks after so many bytes of the request (`in`) or of the answer (`out`). */
  | { kind: 'cut'; side: 'in' | 'out'; bytes: number }
  /** The answer has other bytes, of the same length or shorter. */
  | { kind: 'other'; bytes: Buffer };

export interface Seen {
  method: string;
  /** With what is behind the question mark. */
  path: string;
  headers: http.IncomingHttpHeaders;
}

/** A small registry in memory that does wrong what it is told to. */
export interface FaultyRegistry {
  host: string;
  seen: Seen[];
  blobs: Map<string, Buffer>;
  /** By `repository tag` or `repository digest`. */
  manifests: Map<string, { bytes: Buffer; mediaType: string }>;
  /** Decides for each request, in order of arrival. */
  fault: (seen: Seen) => Fault | null;
  /** `referrers`: it knows subjects (OCI 1.1). */
  knowsSubjects: boolean;
}

export function digest(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export async function faultyRegistry(t: TestContext): Promise<FaultyRegistry> {
  const registry: FaultyRegistry = {
    ...{ host: '', seen: [], blobs: new Map(), manifests: new Map() },
    ...{ fault: () => null, knowsSubjects: false },
  };
  const uploads = new Map<string, Buffer>();
  const server = http.createServer((request, response) => void serve(registry, uploads, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  registry.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return registry;
}

async function serve(
  registry: FaultyRegistry,
  uploads: Map<string, Buffer>,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const { socket } = request;
  const seen = { method: request.method!, path: request.url!, headers: request.headers };
  registry.seen.push(seen);
  const fault = registry.fault(seen);
  const { body, isCut } = await readBody(request, fault);
  if (isCut) {
    keepPart(uploads, seen, body);
    return void socket.destroy();
  }
  if (fault?.kind === 'status') {
    response.writeHead(fault.status, fault.headers).end(fault.body);
    return;
  }
  const answer = answerTo(registry, uploads, { ...seen, body });
  const bytes = fault?.kind === 'other' ? fault.bytes : (answer.bytes ?? Buffer.alloc(0));
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': fault?.kind === 'other' ? bytes.length : (answer.bytes?.length ?? 0),
  });
  if (fault?.kind !== 'cut') return void response.end(bytes);
  response.write(bytes.subarray(0, fault.bytes), () => socket.destroy());
}

async function readBody(
  request: http.IncomingMessage,
  fault: Fault | null,
): Promise<{ body: Buffer; isCut: boolean }> {
  const parts: Buffer[] = [];
  let size = 0;
  const most = fault?.kind === 'cut' && fault.side === 'in' ? fault.bytes : Number.POSITIVE_INFINITY;
  for await (const part of request as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size > most) return { body: Buffer.concat(parts).subarray(0, most), isCut: true };
  }
  return { body: Buffer.concat(parts), isCut: false };
}

/** As real registries do: what arrived before the connection broke stays. */
function keepPart(uploads: Map<string, Buffer>, { path, method }: Seen, body: Buffer): void {
  const id = /\/uploads\/([^?]+)/.exec(path)?.[1];
  if (id === undefined || method === 'POST') return;
  uploads.set(id, Buffer.concat([uploads.get(id) ?? Buffer.alloc(0), body]));
}

interface Request extends Seen {
  body: Buffer;
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  bytes?: Buffer;
}

function answerTo(registry: FaultyRegistry, uploads: Map<string, Buffer>, request: Request): Answer {
  const url = new URL(request.path, 'http://registry');
  const upload = /^\/v2\/(.+)\/blobs\/uploads\/([^/]*)$/.exec(url.pathname);
  if (upload !== null)
    return uploadAnswer(registry, uploads, request, { url, repository: upload[1]!, id: upload[2]! });
  const blob = /^\/v2\/.+\/blobs\/(sha256:[0-9a-f]{64})$/.exec(url.pathname);
  if (blob !== null) return found(registry.blobs.get(blob[1]!), request);
  const manifest = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(url.pathname);
  if (manifest !== null) return manifestAnswer(registry, request, manifest[1]!, manifest[2]!);
  return { status: url.pathname === '/v2/' ? 200 : 404 };
}

function found(bytes: Buffer | undefined, { method }: Request): Answer {
  if (bytes === undefined) return { status: 404 };
  const headers = { 'docker-content-digest': digest(bytes) };
  return { status: 200, headers, ...(method === 'GET' && { bytes }) };
}

function uploadAnswer(
  registry: FaultyRegistry,
  uploads: Map<string, Buffer>,
  { method, body, headers }: Request,
  { url, repository, id }: { url: URL; repository: string; id: string },
): Answer {
  const at = (name: string) => ({ location: `/v2/${repository}/blobs/uploads/${name}?state=1` });
  const mount = url.searchParams.get('mount');
  if (method === 'POST' && mount !== null && registry.blobs.has(mount)) return { status: 201 };
  if (method === 'POST') {
    const fresh = randomUUID();
    uploads.set(fresh, Buffer.alloc(0));
    return { status: 202, headers: at(fresh) };
  }
  const before = uploads.get(id);
  if (before === undefined) return { status: 404 };
  if (method === 'GET')
    return { status: 204, headers: { ...at(id), range: `0-${Math.max(0, before.length - 1)}` } };
  if (method === 'PATCH' && Number(headers['content-range']?.split('-')[0]) !== before.length)
    return { status: 416 };
  const whole = Buffer.concat([before, body]);
  uploads.set(id, whole);
  if (method === 'PATCH') return { status: 202, headers: at(id) };
  const named = url.searchParams.get('digest');
  if (named !== digest(whole))
    return { status: 400, bytes: Buffer.from('{"errors":[{"code":"DIGEST_INVALID","message":"no"}]}') };
  registry.blobs.set(named, whole);
  return { status: 201 };
}

function manifestAnswer(
  registry: FaultyRegistry,
  request: Request,
  repository: string,
  reference: string,
): Answer {
  const { method, body, headers } = request;
  const kept = registry.manifests.get(`${repository} ${reference}`);
  if (method !== 'PUT') {
    const answer = found(kept?.bytes, request);
    return { ...answer, headers: { ...answer.headers, 'content-type': kept?.mediaType ?? '' } };
  }
  const missing = blobsOf(body).filter((each) => !registry.blobs.has(each));
  if (missing.length > 0)
    return { status: 400, bytes: Buffer.from('{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN"}]}') };
  const entry = { bytes: body, mediaType: String(headers['content-type']) };
  registry.manifests.set(`${repository} ${digest(body)}`, entry);
  registry.manifests.set(`${repository} ${reference}`, entry);
  const subject = JSON.parse(String(body)).subject?.digest;
  const knows = registry.knowsSubjects && subject !== undefined;
  return {
    status: 201,
    headers: { 'docker-content-digest': digest(body), ...(knows && { 'oci-subject': subject }) },
  };
}

function blobsOf(body: Buffer): string[] {
  const { config, layers = [] } = JSON.parse(String(body));
  return [...(config === undefined ? [] : [config]), ...layers].map(
    (each: { digest: string }) => each.digest,
  );
}
