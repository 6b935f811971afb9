import { EscaleError } from '../../../core/errors/index.ts';

/**
 * A path of an archive as it must be: below the archive's own top. `./usr//lib/` → `usr/lib`. A `..` is refused even
 * where it would stay inside: nobody who makes archives needs it.
 */
export function safePath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || path.includes('\0'))
    throw new EscaleError(
      'image-damaged',
      `an archive names ${JSON.stringify(path.slice(0, 300))}, which is outside of it`,
    );
  return parts.join('/');
}
