/** Work on one system in one environment is ordered, never mixed; other places go on meanwhile. */
export class ByPlace {
  private readonly tails = new Map<string, Promise<unknown>>();

  /** Runs after everything that was given before for the same place. `waiting` is called when that takes a while. */
  run<T>(
    place: { system: string; environment: string },
    work: () => Promise<T>,
    waiting = () => {},
  ): Promise<T> {
    const key = `${place.environment}/${place.system}`;
    const before = this.tails.get(key);
    if (before !== undefined) waiting();
    const mine = (before ?? Promise.resolve()).then(work, work);
    const tail: Promise<void> = mine.then(
      () => this.forget(key, tail),
      () => this.forget(key, tail),
    );
    this.tails.set(key, tail);
    return mine;
  }

  /** Whether something is going on or waiting there. */
  isBusy(place: { system: string; environment: string }): boolean {
    return this.tails.has(`${place.environment}/${place.system}`);
  }

  private forget(key: string, tail: Promise<unknown>): void {
    if (this.tails.get(key) === tail) this.tails.delete(key);
  }
}
