import type { Example } from './predictor.ts';

/** Throws RangeError on options that no predictor can have. */
export function requireOptions(options: { window: number; level: number; secondsPerUnit: number }): void {
  const { window, level, secondsPerUnit } = options;
  if (!isLength(window)) throw new RangeError(`a window must be longer than 0 and finite, got ${window}`);
  if (!isLength(secondsPerUnit))
    throw new RangeError(`a time unit must be longer than 0 s and finite, got ${secondsPerUnit}`);
  if (!(level > 0 && level < 1)) throw new RangeError(`a level must lie between 0 and 1, got ${level}`);
}

/** Throws RangeError on an example whose size is no number. */
export function requireSizes(examples: readonly Example[]): void {
  const bad = examples.findIndex(({ size }) => !Number.isFinite(size));
  if (bad >= 0) throw new RangeError(`example ${bad}: ${examples[bad]!.size} is no size`);
}

function isLength(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY;
}
