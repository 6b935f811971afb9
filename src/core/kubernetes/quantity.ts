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

const LARGER: Record<string, [number, string]> = {
  ...{ Mi: [1024, 'Gi'], Gi: [1024, 'Ti'], Ti: [1024, 'Pi'] },
  ...{ M: [1000, 'G'], G: [1000, 'T'], T: [1000, 'P'] },
};

/** A size (`1024Mi`) as the API server writes it back (`1Gi`): what is compared with it must be the same text. */
export function sizeQuantity(text: string): string {
  const [, digits = '', unit = ''] = /^(\d+)([A-Za-z]*)$/.exec(text) ?? [];
  const [factor, larger] = LARGER[unit] ?? [];
  if (larger === undefined || Number(digits) % factor! !== 0) return text;
  return sizeQuantity(`${Number(digits) / factor!}${larger}`);
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
