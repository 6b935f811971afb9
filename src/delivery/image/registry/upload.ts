import { EscaleError } from '../../../core/errors/index.ts';
import type { Descriptor } from '../../../core/image/index.ts';
import type { Blobs } from '../blobs.ts';
import type { RegistryClient } from './client.ts';
import { type Answer, skip } from './http.ts';

export interface Upload {
  blobs: Blobs;
  descriptor: Descriptor;
  repository: string;
  /** A repository of the same registry that has it, perhaps. */
  mountFrom: string | null;
}

/** How it came to be there. */
export type Arrival = 'there' | 'mounted' | 'sent';

/** After a connection broke, what is left is sent in parts of this size, bytes: each that arrived stays. */
const PART_BYTES = 16 << 20;

export function pushScope(repository: string): string {
  return `repository:${repository}:pull,push`;
}

/** Sees to it that a registry has a blob. It is named there only once all of it has arrived and its digest is right. */
export async function ensureBlob(client: RegistryClient, upload: Upload): Promise<Arrival> {
  if (await hasBlob(client, upload)) return 'there';
  const session: { location: URL | null } = { location: null };
  return client.retrying(async (attempt) => {
    if (attempt > 1 && session.location !== null) return resume(client, upload, session.location);
    const started = await start(client, upload, attempt);
    if (started === 'mounted') return 'mounted';
    session.location = started;
    return finish(client, upload, { location: started, from: 0 });
  });
}

async function hasBlob(client: RegistryClient, { descriptor, repository }: Upload): Promise<boolean> {
  const answer = await client.ask({
    ...{ method: 'HEAD', path: `${repository}/blobs/${descriptor.digest}` },
    ...{ scopes: [pushScope(repository)], takes: [200, 404] },
  });
  skip(answer);
  return answer.status === 200;
}

/** Opens an upload, or takes the blob over from a neighbour. */
async function start(
  client: RegistryClient,
  { descriptor, repository, mountFrom }: Upload,
  attempt: number,
): Promise<URL | 'mounted'> {
  const mount =
    mountFrom === null || attempt > 1
      ? ''
      : `?mount=${descriptor.digest}&from=${encodeURIComponent(mountFrom)}`;
  const neighbour = mount === '' ? [] : [`repository:${mountFrom}:pull`];
  const answer = await client.askOnce({
    ...{ method: 'POST', path: `${repository}/blobs/uploads/${mount}` },
    ...{ scopes: [pushScope(repository), ...neighbour], takes: [201, 202] },
  });
  skip(answer);
  return answer.status === 201 ? 'mounted' : locationOf(client, answer, repository);
}

/** All of it, or all from a place on, in one request that also names it. */
async function finish(
  client: RegistryClient,
  { blobs, descriptor, repository }: Upload,
  { location, from }: { location: URL; from: number },
): Promise<'sent'> {
  const url = new URL(location);
  url.searchParams.append('digest', descriptor.digest);
  const size = descriptor.size - from;
  const answer = await client.askOnce({
    ...{ method: 'PUT', path: url, scopes: [pushScope(repository)], takes: [201, 204] },
    headers: { 'content-type': 'application/octet-stream' },
    body: { size, open: () => blobs.stream(descriptor.digest, from) as never },
  });
  skip(answer);
  return 'sent';
}

/** Goes on where the registry says it is; from the start where it has forgotten the upload. */
async function resume(client: RegistryClient, upload: Upload, location: URL): Promise<'sent'> {
  const state = await stateOf(client, upload, location);
  if (state === null) {
    const fresh = await start(client, { ...upload, mountFrom: null }, 2);
    return finish(client, upload, { location: fresh as URL, from: 0 });
  }
  let { at, next } = state;
  while (upload.descriptor.size - at > PART_BYTES) {
    next = await sendPart(client, upload, { location: next, at });
    at += PART_BYTES;
  }
  return finish(client, upload, { location: next, from: at });
}

async function stateOf(
  client: RegistryClient,
  { repository, descriptor }: Upload,
  location: URL,
): Promise<{ at: number; next: URL } | null> {
  const wish = { method: 'GET' as const, path: location, scopes: [pushScope(repository)] };
  const answer = await client.askOnce({ ...wish, takes: [204, 404, 400, 405] });
  skip(answer);
  if (answer.status !== 204) return null;
  const end = /^(?:bytes=)?0-(\d+)$/.exec(String(answer.headers.range ?? ''))?.[1];
  const next = locationOf(client, answer, repository);
  // `0-0` is what some registries say of an empty one.
  const at = end === undefined || end === '0' ? 0 : Number(end) + 1;
  return at > descriptor.size || at === 0 ? null : { at, next };
}

async function sendPart(
  client: RegistryClient,
  { blobs, descriptor, repository }: Upload,
  { location, at }: { location: URL; at: number },
): Promise<URL> {
  const body = blobs.part(descriptor.digest, at, PART_BYTES);
  const answer = await client.askOnce({
    ...{ method: 'PATCH', path: location, scopes: [pushScope(repository)], takes: [202] },
    headers: {
      'content-type': 'application/octet-stream',
      'content-range': `${at}-${at + body.length - 1}`,
    },
    body,
  });
  skip(answer);
  return locationOf(client, answer, repository);
}

function locationOf(client: RegistryClient, answer: Answer, repository: string): URL {
  const { location } = answer.headers;
  if (location !== undefined && URL.canParse(location, answer.url)) return new URL(location, answer.url);
  throw new EscaleError(
    'registry-failed',
    `${client.registry} does not say where to send to in ${repository}`,
  );
}
