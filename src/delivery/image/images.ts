import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Compression, Descriptor, Layer, Platform } from '../../core/image/index.ts';
import {
  type Base,
  type BaseChoice,
  describeBase,
  ownBaseLayer,
  pythonLayer,
  resolveBase,
} from './base/index.ts';
import { Blobs } from './blobs.ts';
import { type BuildRequest, buildImage } from './build.ts';
import type { Image } from './describe.ts';
import { LayerCache } from './layers/index.ts';
import { type NamedImage, type TaggedImage, writeArchive, writeLayout } from './output/index.ts';
import { postgresImage } from './postgres/index.ts';
import { pruneOnceADay } from './prune.ts';
import { fetchManifest, type Pushed, pushImage, type Registries } from './registry/index.ts';
import { nodeLayer } from './runtime/index.ts';
import { type BuiltImage, importArchive, keepWhole, pullWhole, type WholeImage } from './whole/index.ts';

export interface ImagesSetting {
  /** Folder of the cache of images. */
  folder: string;
  registries: Registries;
  /** Of Escale. */
  builder: string;
}

export interface BaseOptions {
  choice: BaseChoice;
  compression: Compression;
  /** Asks again what the base's name means now. */
  renew: boolean;
}

export interface OwnBaseOptions {
  compression: Compression;
  /** What is in it beside libraries. */
  runtime: 'node' | 'python' | null;
}

/** A base as an image: every blob of it is in the cache. */
export interface OwnBase {
  manifest: Descriptor;
  config: Descriptor;
  layers: Layer[];
}

/** Where an image is in a registry. */
export interface ImageName {
  registry: string;
  repository: string;
  tag: string;
}

/** Builds images, and brings them to where they are wanted. Everything goes through one cache. */
export class Images {
  readonly blobs: Blobs;
  private readonly cache: LayerCache;
  private readonly setting: ImagesSetting;
  /** Which repository of which registry has a blob, as far as this command knows. */
  private readonly pushed = new Map<string, Map<string, string>>();

  constructor(setting: ImagesSetting) {
    this.setting = setting;
    mkdirSync(setting.folder, { recursive: true, mode: 0o700 });
    this.blobs = new Blobs(path.join(setting.folder, 'blobs'));
    this.cache = new LayerCache(path.join(setting.folder, 'layers'), this.blobs);
  }

  /** Of the cache. */
  get folder(): string {
    return this.setting.folder;
  }

  base(options: BaseOptions): Promise<Base> {
    const { folder, registries } = this.setting;
    return resolveBase(this.cache, { ...options, folder, registries, platform: platform() });
  }

  /** The base of Debian packages as an image of its own, with their newest versions. */
  async ownBase({ compression, runtime }: OwnBaseOptions): Promise<OwnBase> {
    const { folder } = this.setting;
    const request = { folder, compression, renew: true };
    const lowest = await ownBaseLayer(this.cache, request);
    const layers = [lowest.layer];
    if (runtime === 'node') layers.push(await nodeLayer(this.cache, compression));
    if (runtime === 'python')
      layers.push((await pythonLayer(this.cache, { ...request, modules: [], programs: [] })).layer);
    return { ...describeBase(this.blobs, layers, platform()), layers };
  }

  /** The PostgreSQL that this host runs. Throws `debian-packages`, `resource-program`. */
  postgres({ compression, renew }: Omit<BaseOptions, 'choice'>): Promise<Image> {
    const { folder, builder } = this.setting;
    return postgresImage(this.cache, { compression, renew, folder, builder, platform: platform() });
  }

  /** The digest that a tag of a registry means; null where it is not there. */
  async digestOf({ registry, repository, tag }: ImageName): Promise<string | null> {
    const found = await fetchManifest(this.setting.registries.of(registry), repository, tag);
    return found?.descriptor.digest ?? null;
  }

  /** An image of a registry as it is there; `reference` names it with its digest. */
  pull(reference: string): Promise<WholeImage> {
    const { folder, registries } = this.setting;
    return pullWhole(this.blobs, { text: reference, folder, registries, platform: platform() });
  }

  /** The image of an archive that another builder wrote. */
  importArchive(file: string): Promise<BuiltImage> {
    return importArchive(this.cache, file, platform());
  }

  /** Keeps an image in a folder, whole. */
  keep(folder: string, image: WholeImage): void {
    keepWhole(this.blobs, folder, image);
  }

  build(request: Omit<BuildRequest, 'builder' | 'folder' | 'platform'>): Promise<Image> {
    const { folder, builder } = this.setting;
    return buildImage(this.cache, { ...request, folder, builder, platform: platform() });
  }

  /** Takes away what nobody needed for long. */
  tidy(): void {
    pruneOnceADay(this.setting.folder, Date.now());
  }

  writeLayout(folder: string, images: NamedImage[]): Promise<void> {
    return writeLayout(this.blobs, folder, images);
  }

  writeArchive(file: string, images: TaggedImage[]): Promise<void> {
    return writeArchive(this.blobs, file, images);
  }

  /** Brings an image to a registry; the tag is set last. */
  async push(image: Image, to: ImageName, base: Base | null): Promise<Pushed> {
    const elsewhere = this.pushed.get(to.registry) ?? new Map<string, string>();
    this.pushed.set(to.registry, elsewhere);
    const origin = base?.image.origin;
    for (const { digest } of base?.image.layers ?? [])
      if (origin?.registry === to.registry) elsewhere.set(digest, origin.repository);
    const client = this.setting.registries.of(to.registry);
    return pushImage(client, { ...to, blobs: this.blobs, image, elsewhere });
  }
}

/** What images are made for: this machine’s kind. */
export function platform(): Platform {
  const architecture = { x64: 'amd64' }[process.arch as 'x64'] ?? process.arch;
  return { os: 'linux', architecture };
}

/** How many bytes layers have, compressed. */
export function bytesOf(layers: (Descriptor | Layer)[]): number {
  return layers.reduce((sum, { size }) => sum + size, 0);
}
