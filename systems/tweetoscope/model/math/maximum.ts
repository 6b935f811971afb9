/** A point and the function's value there. */
export interface Maximum {
  readonly at: number;
  readonly value: number;
}

/** Where and how finely to look: `low` < `high`, `steps` intervals scanned first, then refined to `tolerance` in x. */
export interface SearchRange {
  readonly low: number;
  readonly high: number;
  readonly steps: number;
  readonly tolerance: number;
}

const GOLDEN = (3 - Math.sqrt(5)) / 2;

/**
 * Global search in one dimension: a scan (likelihoods of cascades can have two hills), then Brent's method around the
 * best point. Values that are NaN count as −∞.
 */
export function maximise(f: (x: number) => number, range: SearchRange): Maximum {
  const finite = (x: number) => {
    const value = f(x);
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  };
  const step = (range.high - range.low) / range.steps;
  const coarse = scan(finite, range, step);
  const low = Math.max(range.low, coarse.at - step);
  const high = Math.min(range.high, coarse.at + step);
  return refine(finite, { low, high, start: coarse, tolerance: range.tolerance });
}

function scan(f: (x: number) => number, range: SearchRange, step: number): Maximum {
  let best: Maximum = { at: range.low, value: f(range.low) };
  for (let i = 1; i <= range.steps; i++) {
    const at = i === range.steps ? range.high : range.low + i * step;
    const value = f(at);
    if (value > best.value) best = { at, value };
  }
  return best;
}

interface Bracket {
  readonly low: number;
  readonly high: number;
  readonly start: Maximum;
  readonly tolerance: number;
}

/** Brent (1973), chapter 5: parabolic steps where they behave, golden sections where they do not. */
function refine(f: (x: number) => number, bracket: Bracket): Maximum {
  let { low, high } = bracket;
  const tolerance = bracket.tolerance;
  let x = bracket.start.at;
  let fx = bracket.start.value;
  let w = x;
  let fw = fx;
  let v = x;
  let fv = fx;
  let last = 0;
  let beforeLast = high - low;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (Math.abs(x - middle) <= 2 * tolerance - (high - low) / 2) break;
    const parabolic = parabolaStep(x, fx, w, fw, v, fv);
    const usable =
      Math.abs(parabolic) < Math.abs(beforeLast) / 2 && x + parabolic > low && x + parabolic < high;
    const step = usable ? parabolic : GOLDEN * ((x < middle ? high : low) - x);
    beforeLast = usable ? last : (x < middle ? high : low) - x;
    last = step;
    const u = x + (Math.abs(step) >= tolerance ? step : Math.sign(step || 1) * tolerance);
    const fu = f(u);
    if (fu >= fx) {
      if (u < x) high = x;
      else low = x;
      [v, fv, w, fw, x, fx] = [w, fw, x, fx, u, fu];
    } else {
      if (u < x) low = u;
      else high = u;
      if (fu >= fw || w === x) [v, fv, w, fw] = [w, fw, u, fu];
      else if (fu >= fv || v === x || v === w) [v, fv] = [u, fu];
    }
  }
  return { at: x, value: fx };
}

function parabolaStep(x: number, fx: number, w: number, fw: number, v: number, fv: number): number {
  const r = (x - w) * (fx - fv);
  const q = (x - v) * (fx - fw);
  return -((x - v) * q - (x - w) * r) / (2 * (q - r));
}
