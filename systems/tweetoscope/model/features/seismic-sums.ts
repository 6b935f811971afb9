import { firstMoment, reached } from '../kernel/seismic-kernel.ts';

/** SEISMIC's estimate of a window: how infectious the cascade is now, and how many followers have yet to react. */
export interface SeismicState {
  /** p̂ at the window's end: events per follower reached. */
  readonly infectiousness: number;
  /** Σ mᵢ, followers. */
  readonly followers: number;
  /** Σ mᵢ Φ(T−tᵢ), followers whose reaction should have come. */
  readonly reacted: number;
}

/**
 * SEISMIC (Zhao et al., KDD 2015) for a window known in advance, O(1) for each event: p̂ = Σ K(T−tᵢ) / Σ mᵢ ∫ K(T−s) φ(s−tᵢ) ds
 * with the triangle K(x) = 1 − x/L, L = T/2 held within 300 and 7,200 s. Order of tied events does not matter.
 */
export class SeismicSums {
  readonly #until: number;
  readonly #length: number;
  #reactions = 0;
  #expected = 0;
  #followers = 0;
  #reacted = 0;

  constructor(until: number) {
    this.#until = until;
    this.#length = Math.min(7200, Math.max(300, until / 2));
  }

  /** The root (`isRoot`) counts as followers, not as a reaction. */
  add(time: number, mark: number, isRoot = false): void {
    const age = this.#until - time;
    if (!isRoot) this.#reactions += Math.max(0, 1 - age / this.#length);
    this.#expected += mark * this.#weightedReach(age);
    this.#followers += mark;
    this.#reacted += mark * reached(age);
  }

  state(): SeismicState {
    const infectiousness = this.#expected > 0 ? this.#reactions / this.#expected : 0;
    return { infectiousness, followers: this.#followers, reacted: this.#reacted };
  }

  /** ∫ K(T−s) φ(s−tᵢ) ds over the triangle, for an event `age` = T − tᵢ old: with x = s − tᵢ, K = 1 − (age − x)/L. */
  #weightedReach(age: number): number {
    const from = Math.max(0, age - this.#length);
    const share = reached(age) - reached(from);
    return (1 - age / this.#length) * share + (firstMoment(age) - firstMoment(from)) / this.#length;
  }
}
