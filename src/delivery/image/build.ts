import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  APP_FOLDER,
  type Component,
  type Compression,
  composeConfig,
  imageAnnotations,
  imageEnvironment,
  type Layer,
  type Platform,
  runtimeNeed,
  type Start,
} from '../../core/image/index.ts';
import type { ArtifactDraft } from '../artifact/artifact-store.ts';
import { type Base, pathOf } from './base/index.ts';
import { debianModules } from './debian/index.ts';
import { describeImage, type Image } from './describe.ts';
import {
  artifactEntries,
  checkUnchanged,
  draftEntries,
  type LayerCache,
  nodeComponents,
  nodePackageEntries,
  pythonComponents,
  pythonPackageEntries,
  writeLayer,
} from './layers/index.ts';
import { checkPython, type RuntimeLayers, runtimeLayers } from './runtime/index.ts';

/** Files of a service: a kept artifact, or a draft that is read where it stands. */
export type Files =
  | { kind: 'artifact'; digest: string; folder: string; packages: 'npm' | 'python' | null }
  | { kind: 'draft'; draft: ArtifactDraft };

export interface BuildRequest {
  /** `shop/web`. */
  title: string;
  start: Start;
  files: Files;
  /** Folder of the installed packages; null: none. */
  installed: string | null;
  base: Base;
  compression: Compression;
  /** Asks again for the newest runtime that comes from elsewhere. */
  renew: boolean;
  platform: Platform;
  /** Seconds since 1970. */
  created: number;
  revision: string | null;
  source: string | null;
  version: string | null;
  /** Of Escale. */
  builder: string;
  /** Folder of the cache of images. */
  folder: string;
}

/** Makes the image of a service; layers of a known content are taken as they are. */
export async function buildImage(cache: LayerCache, request: BuildRequest): Promise<Image> {
  const { base, installed, files, start } = request;
  const packages = files.kind === 'draft' ? (files.draft.packages?.kind ?? null) : files.packages;
  const need = runtimeNeed(start.command, packages);
  const modules = await systemModules(cache, request, packages);
  const isOwnProgram = isInside(request);
  const runtime = await runtimeLayers(cache, { ...request, need, isOwnProgram, modules });
  if (installed !== null) checkPython(installed, runtime.components);
  const dependencies = installed === null ? null : await dependencyLayer(cache, { ...request, installed });
  const application = await applicationLayer(cache, request);
  const own = [...runtime.layers, ...(dependencies === null ? [] : [dependencies.layer]), application];
  const components = [...base.components, ...runtime.components, ...(dependencies?.components ?? [])];
  const env = imageEnvironment({ port: start.port, runtime: need, path: pathOf(base.image) }, APP_FOLDER);
  return imageOf(cache, { ...request, own, components, env });
}

/** Whether the command starts a file of the application itself: `./server`, `bin/run`. */
function isInside({ start, files }: BuildRequest): boolean {
  const program = path.posix.normalize(start.command[0]!);
  if (!start.command[0]!.includes('/') || program.startsWith('/') || program.startsWith('../')) return false;
  if (files.kind === 'artifact') return existsSync(path.join(files.folder, program));
  return files.draft.files.some((file) => file.path === program);
}

/** Python's packages that pip did not have to install, because this host has them from Debian: the image gets them from there. */
async function systemModules(
  cache: LayerCache,
  { installed, base, files }: BuildRequest,
  packages: 'npm' | 'python' | null,
): Promise<string[]> {
  const isInstalled = installed !== null && existsSync(path.join(installed, '.venv'));
  if (packages !== 'python' || isInstalled || !base.isOwn) return [];
  const folder = files.kind === 'draft' ? files.draft.source.folder : files.folder;
  const requirements = path.join(folder, 'requirements.txt');
  return cache.note(['modules', readFileSync(requirements, 'utf8')], () => debianModules(requirements));
}

interface Dependencies {
  layer: Layer;
  components: Component[];
}

async function dependencyLayer(
  cache: LayerCache,
  { installed, compression }: BuildRequest & { installed: string },
): Promise<Dependencies | null> {
  const isPython = existsSync(path.join(installed, '.venv'));
  if (!isPython && !existsSync(path.join(installed, 'node_modules'))) return null;
  const [entriesOf, componentsOf] = isPython
    ? [pythonPackageEntries, pythonComponents]
    : [nodePackageEntries, nodeComponents];
  // A folder of packages is named by its lock file and never changed; without a lock file it may be another one now.
  const { ino, mtimeNs, ctimeNs } = statSync(installed, { bigint: true });
  const content = ['packages', path.basename(installed), String(ino), String(mtimeNs), String(ctimeNs)];
  const layer = await cache.layer([content, compression], () =>
    writeLayer(cache.blobs, { entries: entriesOf(installed), compression, what: 'packages' }),
  );
  return { layer, components: await cache.note(content, async () => componentsOf(installed)) };
}

function applicationLayer(cache: LayerCache, request: BuildRequest): Promise<Layer> {
  const { files, compression, installed } = request;
  const digest = files.kind === 'draft' ? files.draft.digest : files.digest;
  return cache.layer(['application', digest, compression], async () => {
    const entries =
      files.kind === 'draft'
        ? draftEntries(files.draft, installed)
        : artifactEntries(files.folder, installed);
    const layer = await writeLayer(cache.blobs, { entries, compression, what: 'application' });
    if (files.kind === 'draft') await checkUnchanged(files.draft);
    return layer;
  });
}

interface Parts extends BuildRequest {
  own: Layer[];
  components: RuntimeLayers['components'];
  env: Record<string, string>;
}

function imageOf(cache: LayerCache, parts: Parts): Image {
  const { base, own, start, title, components, builder } = parts;
  const annotations = annotationsOf(parts);
  const facts = { ...parts, command: start.command, port: start.port, annotations };
  return describeImage(cache.blobs, {
    ...{ title, name: start.name, annotations, components, builder },
    config: composeConfig(base.image, own, facts),
    layers: [...base.image.layers, ...own],
  });
}

function annotationsOf({ title, created, revision, source, version, base }: Parts): Record<string, string> {
  return imageAnnotations({
    title,
    created: new Date(created * 1000).toISOString().replace('.000Z', 'Z'),
    revision,
    source,
    version,
    'base.name': base.image.name,
    'base.digest': base.image.digest,
  });
}
