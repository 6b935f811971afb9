/** How far a request has come. */
export type ExchangeState =
  /** No instance yet. */
  | 'waiting'
  | 'connecting'
  /** Sent; not a byte of the final answer has gone to the client. */
  | 'sent'
  | 'answering'
  /** The answer is complete, the request's body is not: the rest goes on, or is thrown away. */
  | 'answered'
  | 'over';
