/** Docker's longest name. */
const LONGEST = 255;
/** In the place of a program: the image starts by itself. */
export const OWN_PROGRAM = 'own';

/** What the names of all images begin with that an Escale has made in Docker. */
export function dockerPrefix(owner: string): string {
  return `escale-${owner}`;
}

/**
 * What Docker calls the image of an artifact: `escale-x/shop:digest.node`. The same artifact started by another program has
 * another runtime below it.
 */
export function dockerTag(image: {
  owner: string;
  system: string;
  /** Digest of the artifact. */
  artifact: string;
  /** First word of the command, without its folder; `OWN_PROGRAM`. */
  program: string;
}): string {
  const program = image.program.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '');
  return `${dockerPrefix(image.owner)}/${image.system}:${image.artifact}.${program}`.slice(0, LONGEST);
}
