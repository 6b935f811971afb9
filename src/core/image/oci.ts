import { createHash } from 'node:crypto';
import { canonical } from '../release/index.ts';

/** The forms of the OCI image specification 1.1, as far as Escale reads and writes them. */

/** What names a blob: its type, the digest of its bytes, and how many they are. */
export interface Descriptor {
  mediaType: string;
  /** `sha256:` and 64 hex digits. */
  digest: string;
  size: number;
  annotations?: Record<string, string>;
  artifactType?: string;
  platform?: Platform;
}

export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}

export interface Manifest {
  schemaVersion: 2;
  mediaType: string;
  artifactType?: string;
  config: Descriptor;
  /** The lowest first. */
  layers: Descriptor[];
  /** What this one is attached to. */
  subject?: Descriptor;
  annotations?: Record<string, string>;
}

export interface Index {
  schemaVersion: 2;
  mediaType: string;
  manifests: Descriptor[];
  annotations?: Record<string, string>;
}

/** How a container of the image is started. */
export interface RunConfig {
  User?: string;
  ExposedPorts?: Record<string, object>;
  /** `NAME=value`. */
  Env?: string[];
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
  WorkingDir?: string;
  Labels?: Record<string, string>;
  StopSignal?: string;
}

export interface ImageConfig extends Platform {
  created?: string;
  config?: RunConfig;
  rootfs: { type: 'layers'; diff_ids: string[] };
  history?: { created?: string; created_by?: string; comment?: string; empty_layer?: boolean }[];
}

export const MEDIA = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  empty: 'application/vnd.oci.empty.v1+json',
  spdx: 'application/spdx+json',
} as const;

/** What Docker calls the same things. */
export const DOCKER_MEDIA = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const;

export const MANIFESTS: string[] = [MEDIA.manifest, DOCKER_MEDIA.manifest];
export const INDEXES: string[] = [MEDIA.index, DOCKER_MEDIA.index];

export type Compression = 'gzip' | 'zstd' | 'none';

const LAYERS: Record<Compression, string> = {
  none: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
};

export function layerType(compression: Compression): string {
  return LAYERS[compression];
}

/** How a layer is compressed; null for a type that is no layer Escale takes. */
export function compressionOf(mediaType: string): Compression | null {
  if (mediaType === DOCKER_MEDIA.layer) return 'gzip';
  const found = Object.entries(LAYERS).find(([, type]) => type === mediaType);
  return (found?.[0] as Compression | undefined) ?? null;
}

/** The type of a layer in a manifest of OCI's form, whatever it was called before. */
export function ociLayer({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType: layerType(compressionOf(mediaType) ?? 'gzip'), digest, size };
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && DIGEST.test(text);
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Data as the bytes that its digest is of: equal bytes for equal data. */
export function encoded(data: object): Buffer {
  return Buffer.from(canonical(data));
}

export function describeBytes(bytes: Uint8Array, mediaType: string): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}
