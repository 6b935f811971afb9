import { EscaleError } from '../../../core/errors/index.ts';
import type { Component, Compression, Layer, RuntimeNeed, Start } from '../../../core/image/index.ts';
import { type Base, pathOf, pythonLayer } from '../base/index.ts';
import type { LayerCache } from '../layers/index.ts';
import { nodeComponent, nodeLayer } from './node.ts';

export interface RuntimeLayers {
  layers: Layer[];
  components: Component[];
}

export interface RuntimeRequest {
  base: Base;
  start: Start;
  need: RuntimeNeed;
  /** Whether a file of the application or of its packages is what the command starts. */
  isOwnProgram: boolean;
  /** Debian's packages that the application's Python needs. */
  modules: string[];
  compression: Compression;
  folder: string;
  /** Debian's newest packages, instead of those of the last time. */
  renew: boolean;
}

const NOTHING: RuntimeLayers = { layers: [], components: [] };

/** What must come over the base so that the command starts. Throws `image-command`, `image-base`. */
export async function runtimeLayers(cache: LayerCache, request: RuntimeRequest): Promise<RuntimeLayers> {
  const { base, need, start, compression, folder, isOwnProgram } = request;
  const program = start.command[0]!;
  if (isOwnProgram && need === null) return NOTHING;
  if (need === 'node' && !has(base, program)) {
    refuseMusl(base);
    return { layers: [await nodeLayer(cache, compression)], components: [nodeComponent()] };
  }
  if (need === 'python' && base.isOwn) {
    const programs = isPlain(program) && program !== 'python3' ? [program] : [];
    const options = { folder, compression, renew: request.renew, modules: request.modules, programs };
    const { layer, components } = await pythonLayer(cache, options);
    return { layers: [layer], components };
  }
  if (has(base, need === 'python' ? 'python3' : program)) return NOTHING;
  throw notThere(request);
}

/** A name that is looked for on the path, and no pattern of several. */
function isPlain(program: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(program);
}

/** Whether a program stands on the base's path. */
function has({ names, image }: Base, program: string): boolean {
  if (program.startsWith('/')) return names.has(program.slice(1));
  return pathOf(image)
    .split(':')
    .some((folder) => names.has(`${folder.replace(/^\/|\/$/g, '')}/${program}`));
}

/** The pinned node is linked against glibc. */
function refuseMusl({ names, image }: Base): void {
  if (![...names].some((name) => name.startsWith('lib/ld-musl-'))) return;
  throw new EscaleError(
    'image-base',
    `${image.name ?? 'the base'} has another C library (musl) than node needs`,
    {
      next: 'Give a base of Debian’s or another one with glibc, or one that has node itself.',
    },
  );
}

function notThere({ start, base, need }: RuntimeRequest): EscaleError {
  const program = need === 'python' ? 'python3' : start.command[0]!;
  const where = base.isOwn ? 'Escale’s own base' : (base.image.name ?? 'the base');
  return new EscaleError('image-command', `${start.name}: there is no ${program} in ${where}`);
}
