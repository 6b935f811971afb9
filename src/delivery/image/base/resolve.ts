import path from 'node:path';
import { EscaleError } from '../../../core/errors/index.ts';
import type { BaseImage, Compression, Platform } from '../../../core/image/index.ts';
import type { LayerCache } from '../layers/index.ts';
import type { Registries } from '../registry/index.ts';
import type { Base, BaseChoice } from './base.ts';
import { namesOfLayers } from './layer-names.ts';
import { baseFromLayout } from './layout.ts';
import { baseOf, ownBaseLayer } from './own.ts';
import { baseFromRegistry } from './registry.ts';
import { baseFromTar } from './rootfs.ts';

export interface BaseRequest {
  choice: BaseChoice;
  compression: Compression;
  platform: Platform;
  /** Folder of the cache of images. */
  folder: string;
  /** Asks again what a name means now. */
  renew: boolean;
  registries: Registries;
}

/** `debian`, `layout:FOLDER[@NAME]`, `tar:FILE`, or a reference of a registry. Throws `image-choice`. */
export function parseBase(text: string): BaseChoice {
  if (text === 'debian') return { kind: 'debian' };
  const [kind, rest] = splitKind(text);
  if (kind === 'tar' && rest !== '') return { kind: 'tar', file: path.resolve(rest) };
  if (kind === 'layout' && rest !== '') {
    const at = rest.lastIndexOf('@');
    const folder = path.resolve(at < 0 ? rest : rest.slice(0, at));
    return { kind: 'layout', folder, name: at < 0 ? null : rest.slice(at + 1) };
  }
  if (text.includes('/')) return { kind: 'registry', reference: text };
  throw new EscaleError('image-choice', `${JSON.stringify(text)} is no base`, {
    next: 'A base is `debian`, `registry.example.org/name:tag`, `layout:FOLDER` or `tar:FILE`. What others call `node:26` is `docker.io/library/node:26`.',
  });
}

function splitKind(text: string): [string, string] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** The base, here and checked. */
export async function resolveBase(cache: LayerCache, request: BaseRequest): Promise<Base> {
  if (request.choice.kind === 'debian') return ownBase(cache, request);
  const image = await foreignImage(cache, request);
  return { image, components: [], isOwn: false, names: await namesOfLayers(cache, image.layers) };
}

async function ownBase(cache: LayerCache, request: BaseRequest): Promise<Base> {
  const { layer, components } = await ownBaseLayer(cache, request);
  const image = baseOf(cache.blobs, [layer], request.platform);
  return { image, components, isOwn: true, names: new Set() };
}

function foreignImage(cache: LayerCache, request: BaseRequest): Promise<BaseImage> {
  const { choice, platform } = request;
  if (choice.kind === 'layout') return baseFromLayout(cache.blobs, { ...choice, platform });
  if (choice.kind === 'tar') return baseFromTar(cache, { ...request, file: choice.file });
  if (choice.kind === 'registry')
    return baseFromRegistry(cache.blobs, { ...request, reference: choice.reference });
  throw new Error('the own base is made, not read');
}
