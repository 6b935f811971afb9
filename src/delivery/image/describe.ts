import {
  attachment,
  type Component,
  composeManifest,
  type Descriptor,
  type ImageConfig,
  type Layer,
  MEDIA,
  spdxDocument,
} from '../../core/image/index.ts';
import type { Blobs } from './blobs.ts';
import type { Pushable } from './registry/index.ts';

/** An image whose every blob is in the cache. */
export interface Image extends Pushable {
  title: string;
  /** Name of the service. */
  name: string;
  layers: Layer[];
  /** The list of what is in it, as SPDX; null: who built it knows. */
  sbom: Descriptor | null;
}

export interface Description {
  /** `shop/web`. */
  title: string;
  /** Name of the service. */
  name: string;
  config: ImageConfig;
  /** The lowest first. */
  layers: Layer[];
  annotations: Record<string, string>;
  components: Component[];
  /** Of Escale. */
  builder: string;
}

/** Layers as an image: its documents are then in the cache, too. */
export function describeImage(blobs: Blobs, of: Description): Image {
  const { title, name, layers, annotations } = of;
  const config = blobs.putJson(of.config, MEDIA.config);
  const manifest = blobs.putJson(composeManifest(config, layers, annotations), MEDIA.manifest);
  const document = spdxDocument({ name: title, components: of.components, version: of.builder });
  const sbom = blobs.putJson(document, MEDIA.spdx);
  const empty = blobs.putJson({}, MEDIA.empty);
  const attached = blobs.putJson(attachment(manifest, sbom, empty), MEDIA.manifest);
  return {
    ...{ title, name, manifest, config, layers, sbom },
    attached: { manifest: attached, blobs: [sbom, empty] },
  };
}
