import { chmodSync, rmSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { EscaleError } from '../core/errors/index.ts';
import { http } from './node-http.ts';

/** What a handler gets: path parameters, query, the body already parsed, and a signal for a caller that left. */
export interface Call {
  params: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
  signal: AbortSignal;
  request: IncomingMessage;
}

/** A JSON value, or an async iterable of them: one JSON object a line for as long as it lasts. */
export type Handler = (call: Call) => Promise<unknown>;

/** `GET /instances/:id` → handler. */
export type RouteTable = Record<string, Handler>;

/** Longest body that is read, bytes. */
const MAX_BODY = 64 << 20;

/** Serves JSON over a unix socket that only its owner may open (mode 0600). */
export async function serveSocket(socket: string, routes: RouteTable): Promise<Server> {
  const compiled = Object.entries(routes).map(([route, handler]) => ({ ...compile(route), handler }));
  const server = http.createServer((request, response) => void answer(compiled, request, response));
  server.requestTimeout = 0;
  server.timeout = 0;
  rmSync(socket, { force: true });
  const before = process.umask(0o177);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  }).finally(() => process.umask(before));
  chmodSync(socket, 0o600);
  return server;
}

interface CompiledRoute {
  method: string;
  pattern: RegExp;
}

function compile(route: string): CompiledRoute {
  const [method, path] = route.split(' ');
  return { method: method!, pattern: new RegExp(`^${path!.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`) };
}

async function answer(
  routes: (CompiledRoute & { handler: Handler })[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const url = new URL(request.url ?? '/', 'http://socket');
    const found = routes.find((route) => route.method === request.method && route.pattern.test(url.pathname));
    if (found === undefined) throw new EscaleError('route-unknown', `no ${request.method} ${url.pathname}`);
    const streamed = request.headers['content-type'] === 'application/octet-stream';
    const params = Object.fromEntries(
      Object.entries(found.pattern.exec(url.pathname)!.groups ?? {}).map(([k, v]) => [
        k,
        decodeURIComponent(v),
      ]),
    );
    const body = streamed ? null : await readJson(request);
    await send(
      response,
      await found.handler({ params, query: url.searchParams, body, signal: gone.signal, request }),
    );
  } catch (error) {
    sendError(response, error);
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY) throw new EscaleError('body-too-large', 'the request is too large');
    chunks.push(chunk);
  }
  return length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

async function send(response: ServerResponse, value: unknown): Promise<void> {
  if (isAsyncIterable(value)) return sendLines(response, value);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value ?? null));
}

async function sendLines(response: ServerResponse, values: AsyncIterable<unknown>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
  try {
    for await (const value of values) {
      if (response.closed) return;
      if (!response.write(`${JSON.stringify(value)}\n`)) await drained(response);
    }
  } catch (error) {
    response.write(`${JSON.stringify({ error: errorBody(error) })}\n`);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });
}

/**
 * Resolves when whoever asked has sent everything or has left. Before that an answer to a streamed request must not
 * end: closing a connection with unread bytes in it resets it, and the answer's last words are lost.
 */
export function untilSaid(request: IncomingMessage): Promise<void> {
  request.resume();
  if (request.complete || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    request.once('end', resolve).once('close', resolve);
  });
}

function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.end();
  response.writeHead(error instanceof EscaleError ? 422 : 500, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: errorBody(error) }));
}

/** An error as JSON; a bug keeps its stack, so that it can be found. */
export function errorBody(error: unknown): { code: string; message: string } {
  if (error instanceof EscaleError) return error.toJSON();
  return { code: 'bug', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
