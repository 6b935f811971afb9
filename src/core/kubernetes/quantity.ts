const UNITS: [string, number][] = [
  ['Gi', 2 ** 30],
  ['Mi', 2 ** 20],
  ['Ki', 2 ** 10],
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
];

/** Bytes as the API server writes them back: 512 MiB is `512Mi`. */
export function bytesQuantity(bytes: number): string {
  const unit = UNITS.find(([, size]) => bytes > 0 && bytes % size === 0);
  return unit === undefined ? String(bytes) : `${bytes / unit[1]}${unit[0]}`;
}

/** Cores as the API server writes them back: 0.5 is `500m`. It knows thousandths. */
export function coresQuantity(cores: number): string {
  const thousandths = Math.max(1, Math.round(cores * 1000));
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
}

/** Whole seconds, never fewer than asked for. */
export function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000);
}
