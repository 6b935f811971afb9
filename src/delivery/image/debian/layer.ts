import path from 'node:path';
import type { Component, Compression, Layer } from '../../../core/image/index.ts';
import { type LayerCache, writeLayer } from '../layers/index.ts';
import type { Entry } from '../tar/index.ts';
import { type DebianPackage, fetchPackages } from './fetch.ts';
import { ownFiles } from './files.ts';
import { type Unpacked, unpackDeb } from './unpack.ts';

export interface DebianLayerRequest {
  packages: DebianPackage[];
  programs: string[];
  /** The lowest layer: with users, folders and certificates. */
  isBase: boolean;
  compression: Compression;
  /** Folder that keeps the packages' files. */
  archives: string;
  what: string;
}

export interface DebianLayer {
  layer: Layer;
  components: Component[];
}

/** Files of Debian packages as one layer; the same packages make the same bytes. */
export async function debianLayer(cache: LayerCache, request: DebianLayerRequest): Promise<DebianLayer> {
  const { packages, programs, isBase, compression } = request;
  const content = ['debian', packages.map(({ sha256 }) => sha256), programs, isBase];
  const layer = await cache.layer([content, compression], async () => {
    const unpacked = await unpackAll(request);
    await cache.note(content, async () => componentsOf(unpacked));
    const entries = [...unpacked.flatMap((each) => each.entries), ...baseFiles(unpacked, isBase)];
    return writeLayer(cache.blobs, { entries, compression, what: request.what });
  });
  const components = await cache.note(content, async () => componentsOf(await unpackAll(request)));
  return { layer, components };
}

async function unpackAll({ packages, archives, programs }: DebianLayerRequest): Promise<Unpacked[]> {
  const files = await fetchPackages(packages, path.join(archives));
  const unpacked: Unpacked[] = [];
  for (const file of files) unpacked.push(await unpackDeb(file, programs));
  return unpacked;
}

function componentsOf(unpacked: Unpacked[]): Component[] {
  return unpacked.map(({ component }) => component);
}

function baseFiles(unpacked: Unpacked[], isBase: boolean): Entry[] {
  return isBase ? ownFiles(unpacked.flatMap(({ certificates }) => certificates)) : [];
}
