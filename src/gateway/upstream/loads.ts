/** Something that knows its place in a list, so that it can leave without being searched. */
export interface Listed {
  /** Kept by the list; -1: in none. */
  place: number;
}

/**
 * The requests that an instance carries, unordered. Not a Set: its tables are copied as requests come and go, and
 * the old copies kept hundreds of finished requests from the young garbage collection.
 */
export class Loads<T extends Listed> {
  private readonly items: T[] = [];

  get size(): number {
    return this.items.length;
  }

  add(item: T): void {
    item.place = this.items.length;
    this.items.push(item);
  }

  delete(item: T): void {
    const { place } = item;
    if (place === -1) return;
    const last = this.items.pop()!;
    if (last !== item) {
      this.items[place] = last;
      last.place = place;
    }
    item.place = -1;
  }

  /** A copy: whoever walks it may add and delete. */
  all(): T[] {
    return this.items.slice();
  }
}
