/** A stream of random numbers in [0, 1); the same seed gives the same stream on every machine. */
export type Random = () => number;

/** sfc32 (Doty-Humphrey's PractRand) seeded by splitmix32; `seed` is an integer, its low 32 bits count. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const split = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let [a, b, c, counter] = [split(), split(), split(), 1];
  const next = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
}

/** An exponential draw of mean 1. */
export function exponential(random: Random): number {
  return -Math.log(1 - random());
}

/** A draw from density ∝ m^{−alpha}, m ≥ mu. */
export function powerLaw(random: Random, alpha: number, mu: number): number {
  return mu * (1 - random()) ** (1 / (1 - alpha));
}

/** A standard normal draw (Box and Muller; the second one is thrown away). */
export function normal(random: Random): number {
  return Math.sqrt(2 * exponential(random)) * Math.cos(2 * Math.PI * random());
}

/** The integers 0 … count−1 in random order (Fisher and Yates). */
export function shuffled(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
