/** Time as an argument: decisions are tested with a clock of their own. */
export interface Clock {
  /** ms since 1970. */
  now(): number;
}
