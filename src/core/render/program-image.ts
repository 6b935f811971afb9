import type { ResolvedSystem } from '../manifest/index.ts';

/** An image: one for each source folder, and for each way in which it is served. */
export interface ProgramImage {
  /** Named after the first of its programs. */
  name: string;
  source: string;
  /** What runs from it, services first; the first one is what it starts by itself. */
  programs: { name: string; command: string[] }[];
  static: { spa: boolean } | null;
  /** One of its programs listens. */
  port: boolean;
}

/** The images of a system, in the order of its file. */
export function imagesOf(system: ResolvedSystem): ProgramImage[] {
  const images = new Map<string, ProgramImage>();
  const jobs = Object.values(system.jobs).map((job) => ({ ...job, static: null, port: false }));
  for (const program of [...Object.values(system.services), ...jobs]) {
    const key = JSON.stringify([program.source, program.static]);
    const image = images.get(key) ?? { ...empty(program), programs: [] };
    images.set(key, {
      ...image,
      programs: [...image.programs, { name: program.name, command: program.command }],
      port: image.port || program.port,
    });
  }
  return [...images.values()];
}

function empty({ name, source, static: files }: Omit<ProgramImage, 'programs'>): ProgramImage {
  return { name, source, programs: [], static: files, port: false };
}

/** Where the file of an image stands in the repository. */
export function dockerfilePath(system: string, image: string): string {
  return `deploy/${system}/${image}.Dockerfile`;
}
