import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** A request that can't be served, and the status that says why; the message goes to the client. */
export class Refusal extends Error {
  status: number;
  headers: OutgoingHttpHeaders;

  constructor(status: number, message: string, headers: OutgoingHttpHeaders = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Answers with one text; for HEAD Node itself leaves the body out. */
export function send(response: ServerResponse, status: number, answer: Answer): void {
  response.writeHead(status, {
    'content-type': answer.type,
    'content-length': Buffer.byteLength(answer.body),
    'x-content-type-options': 'nosniff',
    ...answer.headers,
  });
  response.end(answer.body);
}

export interface Answer {
  type: string;
  body: string | Buffer;
  headers?: OutgoingHttpHeaders;
}

/** Answers with a value as JSON; never cached, as all of them tell a state. */
export function sendJson(
  response: ServerResponse,
  status: number,
  { value, headers }: { value: unknown; headers?: OutgoingHttpHeaders },
): void {
  send(response, status, {
    type: 'application/json; charset=utf-8',
    body: JSON.stringify(value),
    headers: { 'cache-control': 'no-store', ...headers },
  });
}

/** Answers with a status that by its definition has no body (204, 205, 304). */
export function sendEmpty(response: ServerResponse, status: number): void {
  response.writeHead(status, status === 205 ? { 'content-length': 0 } : {});
  response.end();
}

/** Tells the client what went wrong. An answer that has begun can't be taken back: it is cut, visibly. */
export function sendError(response: ServerResponse, status: number, refusal: Refusal): void {
  if (response.headersSent) response.destroy();
  else sendJson(response, status, { value: { error: refusal.message }, headers: refusal.headers });
}
