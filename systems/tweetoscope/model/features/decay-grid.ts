/** The best of a grid of decay rates, refined by a parabola through its neighbours. */
export interface GridFit {
  /** ln β, β per second. */
  readonly logBeta: number;
  /** ln p̂(β), events per unit of mark. */
  readonly logP: number;
  /** A_T = Σ mᵢ e^{−β(T−tᵢ)}. */
  readonly tail: number;
}

const RATES = 16;
const SLOWEST = Math.log(1 / 864_000);
const FASTEST = Math.log(1 / 60);
const STEP = (FASTEST - SLOWEST) / (RATES - 1);
const BETAS = Float64Array.from({ length: RATES }, (_, k) => Math.exp(SLOWEST + k * STEP));

/**
 * The maximum-likelihood fit of the exponential kernel, kept up to date event by event: the profile likelihood on 16 rates
 * from 10 days to a minute, so an event costs O(1). Events at the same second do not excite each other (λ sums over
 * tᵢ < t), so their order does not matter; those in the root's second are excited by the root.
 */
export class DecayGrid {
  readonly #mass = new Float64Array(RATES);
  readonly #logSum = new Float64Array(RATES);
  readonly #product = new Float64Array(RATES).fill(1);
  #time = 0;
  readonly #root: number;
  #arrived: number;
  #total: number;
  #events = 0;

  constructor(rootMark: number) {
    this.#root = rootMark;
    this.#arrived = rootMark;
    this.#total = rootMark;
  }

  /** An event at `time` seconds after the root, not before the last one. */
  add(time: number, mark: number): void {
    if (time > this.#time) this.#advance(time);
    this.#excite();
    this.#events++;
    this.#arrived += mark;
    this.#total += mark;
  }

  /** The fit for a window that ends at `until`; undefined without a retweet. */
  fit(until: number): GridFit | undefined {
    if (this.#events === 0) return undefined;
    const best = this.#bestRate(until);
    const shift = this.#parabola(best, until);
    const beta = Math.exp(SLOWEST + (best + shift) * STEP);
    const tail = this.#between(best, shift, (k) => Math.log(Math.max(1e-9, this.#tail(k, until))));
    const exposure = Math.max(this.#total - Math.exp(tail), 1e-9 * this.#total);
    return { logBeta: Math.log(beta), logP: Math.log(this.#events / exposure), tail: Math.exp(tail) };
  }

  #advance(time: number): void {
    const gap = time - this.#time;
    for (let k = 0; k < RATES; k++) {
      this.#mass[k] = (this.#mass[k]! + this.#arrived) * Math.exp(-BETAS[k]! * gap);
    }
    this.#arrived = 0;
    this.#time = time;
  }

  #excite(): void {
    for (let k = 0; k < RATES; k++) {
      const product = this.#product[k]! * (this.#time === 0 ? this.#root : this.#mass[k]!);
      const held = product > 1e-140 && product < 1e140;
      if (!held) this.#logSum[k]! += Math.log(Math.max(product, 1e-300));
      this.#product[k] = held ? product : 1;
    }
  }

  #tail(k: number, until: number): number {
    return (this.#mass[k]! + this.#arrived) * Math.exp(-BETAS[k]! * (until - this.#time));
  }

  #likelihood(k: number, until: number): number {
    const exposure = Math.max(this.#total - this.#tail(k, until), 1e-9 * this.#total);
    const logSum = this.#logSum[k]! + Math.log(this.#product[k]!);
    return this.#events * (Math.log(this.#events / exposure) + SLOWEST + k * STEP - 1) + logSum;
  }

  #bestRate(until: number): number {
    let best = 0;
    for (let k = 1; k < RATES; k++) {
      if (this.#likelihood(k, until) > this.#likelihood(best, until)) best = k;
    }
    return best;
  }

  #parabola(best: number, until: number): number {
    if (best === 0 || best === RATES - 1) return 0;
    const [a, b, c] = [best - 1, best, best + 1].map((k) => this.#likelihood(k, until)) as [
      number,
      number,
      number,
    ];
    const bend = a - 2 * b + c;
    return bend < 0 ? Math.max(-0.5, Math.min(0.5, (a - c) / (2 * bend))) : 0;
  }

  #between(best: number, shift: number, value: (k: number) => number): number {
    const here = value(best);
    if (shift === 0) return here;
    return here + Math.abs(shift) * (value(best + Math.sign(shift)) - here);
  }
}
