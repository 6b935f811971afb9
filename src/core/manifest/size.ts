const UNITS = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
} as const;

/** `512MB`, `1GiB`, `1.5 GB` is refused: no space. */
export const SIZE = /^(\d{1,9}(?:\.\d{1,3})?)(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$/;

/** A written size in bytes, rounded; null when it is not one. */
export function parseSize(text: string): number | null {
  const match = SIZE.exec(text);
  if (!match) return null;
  return Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]);
}
