import { gamma } from '../math/gamma.ts';
import { SEISMIC_KERNEL } from './seismic-kernel.ts';

/** A sum of exponentials Σ weights[k]·e^{−rates[k]·x}; weights and rates per second. */
export interface Exponentials {
  readonly weights: Float64Array;
  readonly rates: Float64Array;
}

/**
 * The kernel's tail C(x/S)^{−a}, a = 1+θ, for x from S to `horizon` seconds, as a sum of exponentials. The power law is
 * the mixture x^{−a} = ∫ e^{a s − x eˢ} ds / Γ(a); the trapezoid rule on it converges geometrically (Beylkin and
 * Monzón, 2010): measured relative error below 5e-7 with 50 terms (step 0.5), 1.1e-4 with 32 (0.8), 1.1e-3 with 26 (1).
 */
export function tailExponentials(horizon = 30 * 86_400, step = 0.5): Exponentials {
  const { level, flat, theta } = SEISMIC_KERNEL;
  const a = 1 + theta;
  const low = -Math.log(horizon) - 14 / a;
  const high = Math.log(40 / flat);
  const count = Math.ceil((high - low) / step) + 1;
  const rates = Float64Array.from({ length: count }, (_, k) => Math.exp(low + k * step));
  const scale = (level * flat ** a * step) / gamma(a);
  return { rates, weights: rates.map((rate) => scale * rate ** a) };
}
