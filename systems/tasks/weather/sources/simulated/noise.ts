/** A number from 0 to 1 that depends on nothing but the numbers given, and looks random. */
export function hash(...numbers: number[]): number {
  let state = 0x9e3779b9;
  for (const number of numbers) {
    state = Math.imul(state ^ (number | 0), 0x85ebca6b);
    state ^= state >>> 13;
    state = Math.imul(state, 0xc2b2ae35);
    state ^= state >>> 16;
  }
  return (state >>> 0) / 2 ** 32;
}

/** A smooth curve through random points at whole `t`, from 0 to 1; another one for each `seed`. */
export function curve(t: number, seed: number[]): number {
  const whole = Math.floor(t);
  const part = t - whole;
  const ease = part * part * (3 - 2 * part);
  return hash(whole, ...seed) * (1 - ease) + hash(whole + 1, ...seed) * ease;
}
