/** A number that counts changes, for whoever waits for the next one. */
export class ChangeCount {
  private readonly waiting = new Set<() => void>();
  private count = 1;

  /** The number of the newest change. */
  get newest(): number {
    return this.count;
  }

  note(): void {
    this.count += 1;
    for (const wake of this.waiting) wake();
  }

  /** Resolves with the number of the newest change once it is not `seen` any more, or after `timeoutMs`. */
  after(seen: number, timeoutMs: number): Promise<number> {
    if (this.count !== seen) return Promise.resolve(this.count);
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve(this.count);
      };
      const timer = setTimeout(done, timeoutMs);
      this.waiting.add(done);
    });
  }
}
