import { EscaleError } from '../../../core/errors/index.ts';
import { type Descriptor, digestOf, INDEXES, isDigest, MANIFESTS } from '../../../core/image/index.ts';
import type { Blobs } from '../blobs.ts';
import type { RegistryClient } from './client.ts';
import { Broken, readAll } from './http.ts';

const MOST_MANIFEST = 4 << 20;
const ACCEPT = [...MANIFESTS, ...INDEXES].join(', ');

export interface Fetched {
  bytes: Buffer;
  descriptor: Descriptor;
}

export function pullScope(repository: string): string {
  return `repository:${repository}:pull`;
}

/** A manifest or index by tag or digest; null where there is none. Throws `image-damaged` where its digest differs. */
export async function fetchManifest(
  client: RegistryClient,
  repository: string,
  reference: string,
): Promise<Fetched | null> {
  const answer = await client.retrying(async () => {
    const wish = { method: 'GET' as const, path: `${repository}/manifests/${reference}`, takes: [200, 404] };
    const got = await client.askOnce({
      ...wish,
      scopes: [pullScope(repository)],
      headers: { accept: ACCEPT },
    });
    return { got, bytes: await readAll(got, MOST_MANIFEST) };
  });
  if (answer.got.status === 404) return null;
  const digest = digestOf(answer.bytes);
  const promised = isDigest(reference) ? reference : answer.got.headers['docker-content-digest'];
  if (promised !== undefined && promised !== digest) throw other(client.registry, String(promised), digest);
  const mediaType = String(answer.got.headers['content-type'] ?? '')
    .split(';')[0]!
    .trim();
  return { bytes: answer.bytes, descriptor: { mediaType, digest, size: answer.bytes.length } };
}

/** Brings a blob into the cache; what breaks off is fetched again, what is something else is refused. */
export async function fetchBlob(
  client: RegistryClient,
  blobs: Blobs,
  { repository, descriptor }: { repository: string; descriptor: Descriptor },
): Promise<void> {
  if (blobs.has(descriptor)) return blobs.noteUse(descriptor.digest);
  const path = `${repository}/blobs/${descriptor.digest}`;
  await client.retrying(async () => {
    const wish = { method: 'GET' as const, path, scopes: [pullScope(repository)], takes: [200] };
    const { body } = await client.askOnce(wish);
    await blobs.take(descriptor, unbroken(body));
  });
}

async function* unbroken(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw new Broken((error as Error).message, { cause: error });
  }
}

function other(registry: string, asked: string, got: string): EscaleError {
  return new EscaleError('image-damaged', `${registry} sent ${got} where ${asked} was asked for`);
}
