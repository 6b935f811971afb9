import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type BaseImage,
  type Compression,
  composeManifest,
  type Descriptor,
  type ImageConfig,
  type Layer,
  MEDIA,
  type Platform,
} from '../../../core/image/index.ts';
import { writeDurably } from '../../../host/index.ts';
import type { Blobs } from '../blobs.ts';
import {
  BASE_SELECTION,
  type DebianLayer,
  type DebianPackage,
  debianLayer,
  PYTHON_SELECTION,
  resolvePackages,
  SHELL_SELECTION,
} from '../debian/index.ts';
import type { LayerCache } from '../layers/index.ts';

/** Layers as an image of their own. */
export function baseOf(blobs: Blobs, layers: Layer[], platform: Platform): BaseImage {
  const { image, manifest } = describeBase(blobs, layers, platform);
  return { config: image, layers, name: null, digest: manifest.digest };
}

/** The same, as what other builders can start from, too. */
export function describeBase(
  blobs: Blobs,
  layers: Layer[],
  platform: Platform,
): { image: ImageConfig; config: Descriptor; manifest: Descriptor } {
  const image: ImageConfig = {
    ...platform,
    created: '1970-01-01T00:00:00Z',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ what }) => ({ created: '1970-01-01T00:00:00Z', created_by: what })),
  };
  const config = blobs.putJson(image, MEDIA.config);
  const manifest = blobs.putJson(composeManifest(config, layers, {}), MEDIA.manifest);
  return { image, config, manifest };
}

export interface OwnRequest {
  /** Folder of the cache of images. */
  folder: string;
  compression: Compression;
  /** Asks apt's lists again, instead of taking the versions of the last time. */
  renew: boolean;
}

/** The layer of Debian's libraries that everything stands on. */
export function ownBaseLayer(cache: LayerCache, request: OwnRequest): Promise<DebianLayer> {
  const { packages, programs } = BASE_SELECTION;
  return ownLayer(cache, { ...request, name: 'base', packages, programs, without: [] });
}

/** The layer of Python and its libraries, and of Debian's packages for it, without what is in the base. */
export function pythonLayer(
  cache: LayerCache,
  { modules, programs, ...request }: OwnRequest & { modules: string[]; programs: string[] },
): Promise<DebianLayer> {
  return addedLayer(cache, {
    ...request,
    name: modules.length === 0 ? 'python' : `python-${modules.join('-')}`,
    packages: [...PYTHON_SELECTION.packages, ...modules],
    programs: [...PYTHON_SELECTION.programs, ...programs],
  });
}

/** The layer of a shell with small programs. */
export function shellLayer(cache: LayerCache, request: OwnRequest): Promise<DebianLayer> {
  return addedLayer(cache, { ...request, ...SHELL_SELECTION, name: 'shell' });
}

/** A layer of Debian packages over the base, without what is in that. */
async function addedLayer(
  cache: LayerCache,
  request: KeptRequest & { programs: string[] },
): Promise<DebianLayer> {
  const lowest = { ...request, name: 'base', packages: BASE_SELECTION.packages, renew: false };
  const without = await keptPackages(lowest);
  return ownLayer(cache, { ...request, without });
}

interface KeptRequest extends OwnRequest {
  /** What the versions are kept as. */
  name: string;
  packages: string[];
}

async function ownLayer(
  cache: LayerCache,
  request: KeptRequest & { programs: string[]; without: DebianPackage[] },
): Promise<DebianLayer> {
  const { name, programs, without, compression, folder } = request;
  // By name: the base may have been renewed meanwhile, and its libc must not be covered by an older one.
  const known = new Set(without.map(nameOf));
  const packages = (await keptPackages(request)).filter((each) => !known.has(nameOf(each)));
  return debianLayer(cache, {
    ...{ packages, programs, compression, isBase: name === 'base' },
    archives: path.join(folder, 'packages'),
    what: `Debian packages: ${request.packages.join(', ')}`,
  });
}

/** `libc6_2.36-9_amd64.deb` → `libc6`. */
function nameOf({ file }: DebianPackage): string {
  return file.split('_')[0]!;
}

/** The versions of the last time: a base changes when it is asked to, not when a mirror does. */
async function keptPackages({ folder, name, packages, renew }: KeptRequest): Promise<DebianPackage[]> {
  const file = path.join(folder, 'debian', `${name.slice(0, 100)}.json`);
  const kept = readKept(file);
  if (!renew && kept !== null && kept.names.join() === packages.join()) return kept.packages;
  const resolved = await resolvePackages(packages);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeDurably(file, JSON.stringify({ names: packages, packages: resolved }));
  return resolved;
}

function readKept(file: string): { names: string[]; packages: DebianPackage[] } | null {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
