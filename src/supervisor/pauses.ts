/** For how long the requests of a service had to wait because no instance was ready (zero-loss contract, point 10). */
export class Pauses {
  /** The last pause of each service, ms. */
  readonly last = new Map<string, number>();
  private readonly since = new Map<string, number>();

  /** The last ready instance of a service leaves. */
  begin(service: string, now: number): void {
    if (!this.since.has(service)) this.since.set(service, now);
  }

  /** An instance of it is ready: how long that took, ms; null when there was no pause. */
  end(service: string, now: number): number | null {
    const since = this.since.get(service);
    if (since === undefined) return null;
    this.since.delete(service);
    this.last.set(service, now - since);
    return now - since;
  }
}
