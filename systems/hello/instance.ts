/** A started instance, in one thread or in many. */
export interface Instance {
  port: number;
  /** Not ready any more; finishes what is in flight and resolves when nothing is left. */
  drain: () => Promise<void>;
}
