import type { ResolvedContainer, ResolvedSystem } from '../manifest/index.ts';
import { joinPath, type Repository } from './repository.ts';

/** An image: one for each source folder, and for each way in which it is served. */
export interface ProgramImage {
  /** Named after the first of its programs. */
  name: string;
  source: string;
  /** What runs from it, services first; the first one is what it starts by itself. */
  programs: { name: string; command: string[] }[];
  static: { spa: boolean } | null;
  /** The system's own Dockerfile, below `source`; null: Escale renders one. */
  dockerfile: string | null;
  /** One of its programs listens. */
  port: boolean;
}

/** The images of a system that are built, in the order of its file; those of registries are there already. */
export function imagesOf(system: ResolvedSystem): ProgramImage[] {
  const images = new Map<string, ProgramImage>();
  const jobs = Object.values(system.jobs).map((job) => ({ ...job, static: null, port: false }));
  for (const program of [...Object.values(system.services), ...jobs]) {
    if (isReady(program.container)) continue;
    const key = JSON.stringify([program.source, program.static, program.container?.dockerfile ?? null]);
    const image = images.get(key) ?? { ...empty(program), programs: [] };
    images.set(key, {
      ...image,
      programs: [...image.programs, { name: program.name, command: program.command }],
      port: image.port || program.port,
    });
  }
  return [...images.values()];
}

function isReady(container: ResolvedContainer | null): boolean {
  return container !== null && container.image !== null;
}

interface Program extends Pick<ProgramImage, 'name' | 'source' | 'static'> {
  container: ResolvedContainer | null;
}

function empty({ name, source, static: files, container }: Program): ProgramImage {
  const dockerfile = container?.dockerfile ?? null;
  return { name, source, programs: [], static: files, dockerfile, port: false };
}

/** What `docker build` is told of an image, from the top of the repository. */
export function buildOf(
  image: ProgramImage,
  { system, repository }: { system: ResolvedSystem; repository: Repository },
): { file: string; context: string } {
  if (image.dockerfile === null) return { file: dockerfilePath(system.name, image.name), context: '.' };
  const context = repository.sources[image.source]!.folder;
  return { file: joinPath(context, image.dockerfile), context };
}

/** Where the file of an image stands in the repository. */
export function dockerfilePath(system: string, image: string): string {
  return `deploy/${system}/${image}.Dockerfile`;
}
