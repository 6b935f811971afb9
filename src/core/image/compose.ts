import { type Descriptor, type ImageConfig, type Manifest, MEDIA, ociLayer, type Platform } from './oci.ts';

/** Where a service listens in a container, unless told otherwise. */
export const IMAGE_ADDRESS = { host: '0.0.0.0', port: 8000 };
/** Who it runs as: nobody in particular, the same number as in distroless images. */
export const IMAGE_USER = '65532:65532';
export const APP_FOLDER = 'app';
export const PACKAGES_FOLDER = 'packages';

/** One layer of an image. */
export interface Layer extends Descriptor {
  /** Digest of the layer's tar, uncompressed. */
  diffId: string;
  /** What it holds, for its history. */
  what: string;
}

export interface BaseImage {
  config: ImageConfig;
  layers: Layer[];
  /** As it was named; null for what has no name. */
  name: string | null;
  /** Where it was fetched from. */
  origin?: { registry: string; repository: string };
  /** Of its manifest. */
  digest: string;
}

/** What an image says of itself, beside its layers. */
export interface ImageFacts {
  platform: Platform;
  /** Seconds since 1970; of the commit. */
  created: number;
  command: string[];
  env: Record<string, string>;
  /** It listens. */
  port: boolean;
  annotations: Record<string, string>;
}

/** The image's configuration: the base's, with what the service needs over it. */
export function composeConfig(base: BaseImage, layers: Layer[], facts: ImageFacts): ImageConfig {
  const created = isoTime(facts.created);
  const { port } = IMAGE_ADDRESS;
  return {
    ...facts.platform,
    created,
    config: {
      User: IMAGE_USER,
      Env: composeEnv(base.config.config?.Env ?? [], facts.env),
      Entrypoint: facts.command,
      WorkingDir: `/${APP_FOLDER}`,
      Labels: { ...base.config.config?.Labels, ...facts.annotations },
      StopSignal: 'SIGTERM',
      ...(facts.port && { ExposedPorts: { [`${port}/tcp`]: {} } }),
    },
    rootfs: { type: 'layers', diff_ids: [...base.layers, ...layers].map(({ diffId }) => diffId) },
    history: [
      ...base.layers.map(({ what }) => ({ created, created_by: what })),
      ...layers.map(({ what }) => ({ created, created_by: what })),
    ],
  };
}

function composeEnv(base: string[], own: Record<string, string>): string[] {
  const inherited = base.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  const all: Record<string, string> = { ...Object.fromEntries(inherited), ...own };
  return Object.entries(all).map(([name, value]) => `${name}=${value}`);
}

export function composeManifest(
  config: Descriptor,
  layers: Layer[],
  annotations: Record<string, string>,
): Manifest {
  return {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config,
    layers: layers.map(ociLayer),
    annotations,
  };
}

/** The manifest that attaches a document to an image, as of OCI 1.1. */
export function attachment(subject: Descriptor, document: Descriptor, empty: Descriptor): Manifest {
  const { mediaType, digest, size } = subject;
  return {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    artifactType: document.mediaType,
    config: empty,
    layers: [document],
    subject: { mediaType, digest, size },
  };
}

/** `org.opencontainers.image.*`, only those that are known. */
export function imageAnnotations(known: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) =>
      value === null ? [] : [[`org.opencontainers.image.${name}`, value]],
    ),
  );
}

export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** What Docker's own loader reads beside an OCI layout: image specification v1.2. */
export function dockerManifest(config: Descriptor, layers: Descriptor[], tags: string[]): object[] {
  const pathOf = ({ digest }: Descriptor) => `blobs/${digest.replace(':', '/')}`;
  return [{ Config: pathOf(config), RepoTags: tags, Layers: layers.map(pathOf) }];
}
