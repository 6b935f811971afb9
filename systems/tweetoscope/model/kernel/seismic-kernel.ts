/**
 * SEISMIC's memory kernel (Zhao et al., KDD 2015): φ(x) = C up to S seconds, then C·(x/S)^{−(1+θ)}; ∫₀^∞ φ = 1.
 * φ per second, x in seconds.
 */
export const SEISMIC_KERNEL = { level: 6.265725e-4, flat: 300, theta: 0.2314843 } as const;

const { level: C, flat: S, theta: THETA } = SEISMIC_KERNEL;

/** φ(x), per second; 0 for x < 0. */
export function density(x: number): number {
  if (x < 0) return 0;
  return x <= S ? C : C * (x / S) ** (-1 - THETA);
}

/** Φ(x) = ∫₀ˣ φ: the share of reactions within x seconds, in [0, 1]. */
export function reached(x: number): number {
  if (x <= 0) return 0;
  return x <= S ? C * x : C * S + ((C * S) / THETA) * (1 - (x / S) ** -THETA);
}

/** Ψ(x) = ∫₀ˣ s φ(s) ds, seconds. */
export function firstMoment(x: number): number {
  if (x <= 0) return 0;
  if (x <= S) return (C * x * x) / 2;
  return (C * S * S) / 2 + ((C * S * S) / (1 - THETA)) * ((x / S) ** (1 - THETA) - 1);
}

/** The x (seconds) with Φ(x) = share · Φ(∞), share in [0, 1): the inverse that simulation needs. */
export function delayAt(share: number): number {
  const target = share * (C * S * (1 + 1 / THETA));
  if (target <= C * S) return target / C;
  return S * (1 - ((target - C * S) * THETA) / (C * S)) ** (-1 / THETA);
}
