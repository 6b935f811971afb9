import http from 'node:http';
import { createInterface } from 'node:readline';
import { CATALOGUE, type ErrorCode, EscaleError } from '../core/errors/index.ts';

/** A JSON client of one unix socket. Errors of the other side arrive as the `EscaleError` they were. */
export interface SocketClient {
  call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T>;
  /** One JSON object a line, for as long as the other side sends or until the signal, which just ends it. */
  lines<T>(path: string, signal: AbortSignal, body?: unknown): AsyncIterable<T>;
  /** A request whose body is written as it goes. */
  open(path: string): { request: http.ClientRequest; response: Promise<http.IncomingMessage> };
  /** The lines of an answer to `open`. */
  linesOf<T>(response: Promise<http.IncomingMessage>): AsyncIterable<T>;
}

const JSON_BODY = { 'content-type': 'application/json' };

export function connectSocket(socketPath: string, name: string): SocketClient {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const begin = (method: string, path: string, more: http.RequestOptions = {}) =>
    http.request({ socketPath, path, method, agent, headers: JSON_BODY, ...more });
  return {
    async call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal) {
      const request = begin(method, path, signal ? { signal } : {});
      request.end(body === undefined ? undefined : JSON.stringify(body));
      const response = await responseOf(request, name);
      const text = await textOf(response).catch((cause) => Promise.reject(cut(name, cause, signal)));
      return parse<T>(text, response.statusCode ?? 0);
    },
    async *lines<T>(path: string, signal: AbortSignal, body?: unknown) {
      const request = begin(body === undefined ? 'GET' : 'POST', path, { signal, agent: false });
      request.end(body === undefined ? undefined : JSON.stringify(body));
      try {
        yield* linesOf<T>(responseOf(request, name), name, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    linesOf: (response) => linesOf(response, name),
    open(path) {
      const headers = { 'content-type': 'application/octet-stream' };
      const request = begin('POST', path, { headers, agent: false });
      // Otherwise it would leave with the first byte of a body that may never come.
      request.flushHeaders();
      return { request, response: responseOf(request, name) };
    },
  };
}

async function* linesOf<T>(
  answer: Promise<http.IncomingMessage>,
  name: string,
  signal?: AbortSignal,
): AsyncIterable<T> {
  const response = await answer;
  // An abort after the reader has left is nobody's error.
  response.on('error', () => {});
  try {
    if (response.statusCode !== 200) parse(await textOf(response), response.statusCode ?? 0);
    for await (const line of createInterface({ input: response })) if (line !== '') yield parse<T>(line, 200);
  } catch (error) {
    throw cut(name, error as NodeJS.ErrnoException, signal);
  } finally {
    response.destroy();
  }
}

function responseOf(request: http.ClientRequest, name: string): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', (cause: NodeJS.ErrnoException) => reject(away(name, cause)));
  });
}

/** The other side is not there: it is starting, restarting, or was never started. */
function away(name: string, cause: NodeJS.ErrnoException): Error {
  if (cause.name === 'AbortError') return cause;
  return new EscaleError('process-away', `${name} does not answer (${cause.code ?? cause.message})`, {
    next: 'Start it with `escale up`, or look at `escale doctor`.',
  });
}

/** An answer that ended before its end: whoever asked left, or the other side died. Any other error as it is. */
function cut(name: string, cause: NodeJS.ErrnoException, signal?: AbortSignal): Error {
  if (cause.code !== 'ECONNRESET' && cause.code !== 'ERR_STREAM_PREMATURE_CLOSE') return cause;
  return signal?.aborted ? (signal.reason as Error) : away(name, cause);
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function parse<T>(text: string, status: number): T {
  const value = JSON.parse(text) as T & { error?: ErrorBody };
  const error = value !== null && typeof value === 'object' ? value.error : undefined;
  if (error?.code !== undefined) throw revive(error);
  if (status !== 200) throw new Error(`unexpected answer ${status}: ${text}`);
  return value;
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
