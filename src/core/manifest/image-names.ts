import type { SystemFile } from './file/schema.ts';

/** The images of registries that a file names, each once. */
export function imagesIn(model: SystemFile): string[] {
  const parts = [...Object.values(model.services), ...Object.values(model.jobs ?? {})];
  return [...new Set(parts.flatMap(({ image }) => (image === undefined ? [] : [image])))];
}

/** The file as if it named its images by digest, too: `named` says what each of them means. */
export function withDigests(model: SystemFile, named: Record<string, string>): SystemFile {
  const pinned = <Part extends { image?: string | undefined }>(parts: Record<string, Part>) =>
    Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [
        name,
        part.image === undefined ? part : { ...part, image: named[part.image] ?? part.image },
      ]),
    );
  return {
    ...model,
    services: pinned(model.services),
    ...(model.jobs !== undefined && { jobs: pinned(model.jobs) }),
  };
}
