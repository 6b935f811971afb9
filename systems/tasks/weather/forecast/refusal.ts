/** A request that can't be answered; the message goes to the client. */
export class BadRequest extends Error {
  status = 400;
}
