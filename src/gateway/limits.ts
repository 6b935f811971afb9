/** Bounds of the data plane: sizes in bytes, times in ms. Every one has a default that suits one host. */
export interface Limits {
  /** Request or response head, with its first line. */
  headBytes: number;
  /** Request target; a longer one is 414. */
  targetBytes: number;
  /** Header lines of one head. */
  fields: number;
  /** Trailer section of a chunked body. */
  trailerBytes: number;
  /** Request body; a longer one is 413. */
  bodyBytes: number;
  /** Part of a request body that is kept so that the request can be sent again. */
  replayBytes: number;
  /** Bytes read ahead of a client that sends the next request before the answer to the first. */
  aheadBytes: number;
  /** Client connections at once; more are closed at once. */
  connections: number;
  /** From the first byte of a head to its last. */
  headMs: number;
  /** A client connection without a request. */
  idleMs: number;
  /** Silence inside a request body. */
  bodyIdleMs: number;
  /** A client that takes no byte of what is ready for it. */
  stalledMs: number;
  /** A client that has closed its half, while no byte of the begun answer comes: gone, or patient? */
  halfClosedMs: number;
  /** After the last answer on a connection: unread input is thrown away for this long, then it is closed. */
  lingerMs: number;
  /** Opening a connection to an instance. */
  connectMs: number;
  /** What an instance carries that can't be reached: answers that have begun, WebSockets, what may not be sent again. Then it is cut. */
  lostMs: number;
  /** An unused connection to an instance, when the instance names no shorter time itself. */
  upstreamIdleMs: number;
  /** Unused connections kept for each instance. */
  idlePerInstance: number;
  /** Requests in flight when the gateway itself stops. */
  closeMs: number;
  /** How often deadlines are looked at. */
  sweepMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  headBytes: 16_384,
  targetBytes: 8_192,
  fields: 100,
  trailerBytes: 8_192,
  bodyBytes: 4_294_967_296,
  replayBytes: 65_536,
  aheadBytes: 65_536,
  connections: 10_000,
  headMs: 10_000,
  idleMs: 75_000,
  bodyIdleMs: 60_000,
  stalledMs: 60_000,
  halfClosedMs: 5_000,
  lingerMs: 1_000,
  connectMs: 2_000,
  lostMs: 15_000,
  upstreamIdleMs: 4_000,
  idlePerInstance: 128,
  closeMs: 10_000,
  sweepMs: 100,
};
