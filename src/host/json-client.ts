import type http from 'node:http';
import { createInterface } from 'node:readline';
import { CATALOGUE, type ErrorCode, EscaleError } from '../core/errors/index.ts';

/** A JSON client of one process of Escale's. Errors of the other side arrive as the `EscaleError` they were. */
export interface JsonClient {
  call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T>;
  /** One JSON object a line, for as long as the other side sends or until the signal, which just ends it. */
  lines<T>(path: string, signal: AbortSignal, body?: unknown): AsyncIterable<T>;
  /** A request whose body is written as it goes. */
  open(path: string): { request: http.ClientRequest; response: Promise<http.IncomingMessage> };
  /** The lines of an answer to `open`. */
  linesOf<T>(response: Promise<http.IncomingMessage>): AsyncIterable<T>;
}

/** How the other side is reached. */
export interface Way {
  begin(
    request: { method: string; path: string; headers: http.OutgoingHttpHeaders } & Manner,
  ): http.ClientRequest;
  /** What it means that the other side is not there, or left in the middle. */
  away(cause: NodeJS.ErrnoException): Error;
  /** What it means that something answers that is not the API. */
  strange(status: number, text: string): Error;
}

interface Manner {
  signal?: AbortSignal;
  /** It may take long: no connection of others waits for it. */
  alone: boolean;
}

const JSON_BODY = { 'content-type': 'application/json' };

export function jsonClient(way: Way): JsonClient {
  return {
    async call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal) {
      const request = way.begin({
        method,
        path,
        headers: JSON_BODY,
        alone: false,
        ...(signal && { signal }),
      });
      request.end(body === undefined ? undefined : JSON.stringify(body));
      const response = await responseOf(request, way);
      const text = await textOf(response).catch((cause) => Promise.reject(cut(way, cause, signal)));
      return parse<T>(text, response.statusCode ?? 0, way);
    },
    async *lines<T>(path: string, signal: AbortSignal, body?: unknown) {
      const method = body === undefined ? 'GET' : 'POST';
      const request = way.begin({ method, path, headers: JSON_BODY, signal, alone: true });
      request.end(body === undefined ? undefined : JSON.stringify(body));
      try {
        yield* linesOf<T>(responseOf(request, way), way, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    linesOf: (response) => linesOf(response, way),
    open(path) {
      const headers = { 'content-type': 'application/octet-stream' };
      const request = way.begin({ method: 'POST', path, headers, alone: true });
      // Otherwise it would leave with the first byte of a body that may never come.
      request.flushHeaders();
      return { request, response: responseOf(request, way) };
    },
  };
}

async function* linesOf<T>(
  answer: Promise<http.IncomingMessage>,
  way: Way,
  signal?: AbortSignal,
): AsyncIterable<T> {
  const response = await answer;
  // An abort after the reader has left is nobody's error.
  response.on('error', () => {});
  try {
    if (response.statusCode !== 200) parse(await textOf(response), response.statusCode ?? 0, way);
    for await (const line of createInterface({ input: response }))
      if (line !== '') yield parse<T>(line, 200, way);
  } catch (error) {
    throw cut(way, error as NodeJS.ErrnoException, signal);
  } finally {
    response.destroy();
  }
}

function responseOf(request: http.ClientRequest, way: Way): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', (cause: NodeJS.ErrnoException) =>
      reject(cause.name === 'AbortError' ? cause : way.away(cause)),
    );
  });
}

/** An answer that ended before its end: whoever asked left, or the other side died. Any other error as it is. */
function cut(way: Way, cause: NodeJS.ErrnoException, signal?: AbortSignal): Error {
  if (cause.code !== 'ECONNRESET' && cause.code !== 'ERR_STREAM_PREMATURE_CLOSE') return cause;
  return signal?.aborted ? (signal.reason as Error) : way.away(cause);
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function parse<T>(text: string, status: number, way: Way): T {
  const value = jsonOf(text) as (T & { error?: ErrorBody }) | undefined;
  if (value === undefined) throw way.strange(status, text);
  const error = value !== null && typeof value === 'object' ? value.error : undefined;
  if (error?.code !== undefined) throw revive(error);
  if (status !== 200) throw way.strange(status, text);
  return value;
}

/** Undefined for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface ErrorBody {
  code: string;
  message: string;
  place: string | null;
  next: string;
}

/** The error that the other side threw: what people can mend stays that, a bug stays a bug. */
function revive({ code, message, place, next, ...details }: ErrorBody): Error {
  if (!(code in CATALOGUE)) return new Error(message);
  return new EscaleError(code as ErrorCode, message, { ...(place ? { place } : {}), next, details });
}
