import { EscaleError } from '../../../core/errors/index.ts';
import { type Descriptor, isDigest, MEDIA } from '../../../core/image/index.ts';
import type { Blobs } from '../blobs.ts';
import type { RegistryClient } from './client.ts';
import { skip } from './http.ts';
import { attach } from './referrers.ts';
import { type Arrival, ensureBlob, pushScope } from './upload.ts';

/** What is pushed: everything is in the cache. */
export interface Pushable {
  manifest: Descriptor;
  config: Descriptor;
  layers: Descriptor[];
  /** A document that belongs to it: its manifest, and the blobs that this one names. */
  attached: { manifest: Descriptor; blobs: Descriptor[] } | null;
}

export interface PushRequest {
  blobs: Blobs;
  image: Pushable;
  repository: string;
  tag: string;
  /** Repositories of the same registry that have a blob already, by digest. */
  elsewhere: Map<string, string>;
}

export interface Pushed {
  digest: string;
  /** The tag meant this image before: nothing was sent. */
  wasThere: boolean;
  /** Bytes of blobs that were sent. */
  sentBytes: number;
  /** Why the document could not be attached; null: it is. */
  notAttached: string | null;
}

const AT_ONCE = 6;

/** Sends what is missing, and sets the tag last: it never means an image that is not whole. */
export async function pushImage(client: RegistryClient, request: PushRequest): Promise<Pushed> {
  const { image, repository, tag, blobs } = request;
  const { digest } = image.manifest;
  const wanted = [image.config, ...image.layers, ...(image.attached?.blobs ?? [])];
  const [wasThere, sentBytes] = await Promise.all([
    hasManifest(client, { repository, reference: tag, digest }),
    sendBlobs(client, request, wanted),
  ]);
  if (wasThere) return { digest, wasThere, sentBytes, notAttached: null };
  const [, notAttached] = await Promise.all([
    putManifest(client, { blobs, repository, reference: digest, manifest: image.manifest }),
    attachDocument(client, request),
  ]);
  await putManifest(client, { blobs, repository, reference: tag, manifest: image.manifest });
  return { digest, wasThere, sentBytes, notAttached };
}

async function hasManifest(
  client: RegistryClient,
  { repository, reference, digest }: { repository: string; reference: string; digest: string },
): Promise<boolean> {
  const answer = await client.ask({
    ...{ method: 'HEAD', path: `${repository}/manifests/${reference}`, takes: [200, 404] },
    ...{ scopes: [pushScope(repository)], headers: { accept: MEDIA.manifest } },
  });
  skip(answer);
  return answer.status === 200 && answer.headers['docker-content-digest'] === digest;
}

async function sendBlobs(
  client: RegistryClient,
  { blobs, repository, elsewhere }: PushRequest,
  descriptors: Descriptor[],
): Promise<number> {
  const different = [...new Map(descriptors.map((each) => [each.digest, each])).values()];
  const arrivals = await bounded(different, async (descriptor) => {
    const from = elsewhere.get(descriptor.digest) ?? null;
    const mountFrom = from === repository ? null : from;
    const arrival = await ensureBlob(client, { blobs, descriptor, repository, mountFrom });
    elsewhere.set(descriptor.digest, repository);
    return { arrival, size: descriptor.size };
  });
  return arrivals.filter(isSent).reduce((sum, { size }) => sum + size, 0);
}

function isSent({ arrival }: { arrival: Arrival }): boolean {
  return arrival === 'sent';
}

/** A few at once; after a failure no further one begins, and those that began are waited for. */
async function bounded<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const one = async () => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        results[index] = await work(items[index]!);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  if (failures.length > 0) throw failures[0];
  return results;
}

async function attachDocument(client: RegistryClient, request: PushRequest): Promise<string | null> {
  const { attached, manifest: subject } = request.image;
  if (attached === null) return null;
  const { blobs, repository } = request;
  try {
    const answered = await putManifest(client, {
      ...{ blobs, repository, reference: attached.manifest.digest, manifest: attached.manifest },
    });
    if (!answered.knowsSubjects) await attach(client, { repository, subject, attached: attached.manifest });
    return null;
  } catch (error) {
    // Only the document is missing then: older registries refuse what they do not know.
    if (error instanceof EscaleError && error.code === 'registry-failed') return error.message;
    throw error;
  }
}

export interface ManifestToPut {
  blobs: Blobs;
  repository: string;
  reference: string;
  manifest: Descriptor;
}

/** Whether the registry itself keeps what is attached to what (OCI 1.1). Throws where it stored something else. */
async function putManifest(
  client: RegistryClient,
  { blobs, repository, reference, manifest }: ManifestToPut,
): Promise<{ knowsSubjects: boolean }> {
  const answer = await client.ask({
    ...{ method: 'PUT', path: `${repository}/manifests/${reference}`, takes: [200, 201, 202] },
    ...{ scopes: [pushScope(repository)], headers: { 'content-type': manifest.mediaType } },
    body: blobs.read(manifest),
  });
  skip(answer);
  const stored = answer.headers['docker-content-digest'];
  if (isDigest(stored) && stored !== manifest.digest)
    throw new EscaleError(
      'image-damaged',
      `${client.registry} stored ${stored} where ${manifest.digest} was sent`,
    );
  return { knowsSubjects: answer.headers['oci-subject'] !== undefined };
}
