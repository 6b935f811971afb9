import { type DesiredSystem, wishDigest } from '../../core/contracts/index.ts';
import { WISH_SECRET } from '../../core/kubernetes/index.ts';
import type { Cluster, ObjectRef } from './api/index.ts';
import { engineObject } from './own-objects.ts';

/** What is wished of a place, as the cluster keeps it. */
export interface KeptWish {
  desired: DesiredSystem;
  /** Its `wishDigest`; null: it was not applied to its end. */
  digest: string | null;
  /** Images by what they were made of. */
  images: Record<string, string>;
}

/** The wishes in a cluster, each in a Secret of its namespace: addresses of databases may have passwords in them. */
export class WishRecord {
  private readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  async read(namespace: string): Promise<KeptWish | null> {
    const secret = await this.cluster.get(refIn(namespace));
    const data = secret?.data as Record<string, string> | undefined;
    if (data?.wish === undefined) return null;
    try {
      const desired = JSON.parse(decoded(data.wish)) as DesiredSystem;
      return {
        desired,
        digest: decoded(data.digest) || null,
        images: JSON.parse(decoded(data.images) || '{}'),
      };
    } catch {
      // Somebody has changed it: it is said again.
      return null;
    }
  }

  /** `done`: everything of it was applied. */
  async write(
    namespace: string,
    { desired, images }: Omit<KeptWish, 'digest'>,
    state: 'begun' | 'done',
  ): Promise<void> {
    const data = {
      wish: encoded(JSON.stringify(desired)),
      images: encoded(JSON.stringify(images)),
      digest: encoded(state === 'done' ? wishDigest(desired) : ''),
    };
    const object = engineObject({ kind: 'Secret', name: WISH_SECRET, namespace, ...desired });
    await this.cluster.apply({ ...object, type: 'Opaque', data }, { force: true });
  }

  forget(namespace: string): Promise<void> {
    return this.cluster.delete(refIn(namespace));
  }
}

function refIn(namespace: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'Secret', namespace, name: WISH_SECRET };
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decoded(text = ''): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
