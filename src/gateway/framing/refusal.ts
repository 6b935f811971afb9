/** Why bytes are not an acceptable message. Not an Error: refusing must stay cheap under attack. */
export class Refusal {
  /** What a client is answered; for a response from an instance it is always told as 502. */
  readonly status: number;
  /** For people: short, ASCII, without any byte of the message itself. */
  readonly reason: string;

  constructor(status: number, reason: string) {
    this.status = status;
    this.reason = reason;
  }
}
