import type { Agent, AgentOptions, ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { isLoopback } from '../../../core/image/index.ts';
import { http, https, outsideAddresses } from '../../../host/index.ts';

export interface Ask {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: URL;
  headers?: Record<string, string>;
  body?: Body;
}

/** Bytes to send; a stream is opened once for each try. */
export type Body = Buffer | { size: number; open: () => Readable };

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  url: URL;
  /** To be read to its end, or destroyed. */
  body: IncomingMessage;
}

/** A connection that could not be made or broke: worth another try. */
export class Broken extends Error {}

/** Longest silence on a connection, ms. */
const SILENCE_MS = 60_000;

export interface Connections {
  send(ask: Ask): Promise<Answer>;
  close(): void;
}

/** Connections that are kept for the next request. `allowInside`: whether addresses of this host and its network may be called. */
export function connections({ allowInside }: { allowInside: boolean }): Connections {
  const direct = agentsWith({});
  // `HTTPS_PROXY`, `NO_PROXY`: a proxy is inside, too, and would itself look names up.
  const proxied = allowInside ? agentsWith({ proxyEnv: process.env }) : direct;
  return {
    send: async (ask) => {
      // What was looked up is what is connected to: a name that changes meanwhile leads nowhere else.
      const addresses = allowInside ? null : await outsideAddresses(ask.url.hostname, false);
      const agents = isLoopback(ask.url.host) ? direct : proxied;
      return sendOne(ask, { agent: agents[ask.url.protocol as 'http:'], address: addresses?.[0] ?? null });
    },
    close: () => {
      for (const agent of [direct, proxied].flatMap((agents) => Object.values(agents))) agent.destroy();
    },
  };
}

function agentsWith(options: AgentOptions): Record<'http:' | 'https:', Agent> {
  const kept = { keepAlive: true, maxSockets: 8, timeout: SILENCE_MS, ...options };
  return { 'http:': new http.Agent(kept), 'https:': new https.Agent(kept) };
}

function sendOne(
  { method, url, headers = {}, body }: Ask,
  { agent, address }: { agent: Agent; address: string | null },
): Promise<Answer> {
  const size = body === undefined ? 0 : Buffer.isBuffer(body) ? body.length : body.size;
  const options: RequestOptions = {
    method,
    agent,
    headers: {
      ...{ host: url.host, 'user-agent': 'escale' },
      ...headers,
      ...(method !== 'GET' && method !== 'HEAD' && { 'content-length': String(size) }),
    },
    ...(address !== null && { host: address, ...(isIP(url.hostname) === 0 && { servername: url.hostname }) }),
  };
  return new Promise((resolve, reject) => {
    const module = url.protocol === 'https:' ? https : http;
    const request = module.request(url, options, (response) =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, url, body: response }),
    );
    request.setTimeout(SILENCE_MS, () => request.destroy(new Error('nothing came for a minute')));
    request.once('error', (error) => reject(new Broken(error.message, { cause: error })));
    sendBody(request, body);
  });
}

function sendBody(request: ClientRequest, body: Body | undefined): void {
  if (body === undefined || Buffer.isBuffer(body)) return void request.end(body);
  const source = body.open();
  source.once('error', (error) => request.destroy(error));
  // Whoever answers early wants no more of it.
  request.once('close', () => source.destroy());
  source.pipe(request);
}

/** A whole answer of at most so many bytes. Rejects with `Broken` where the connection breaks in between. */
export async function readAll(answer: Answer, most: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of answer.body as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > most) break;
      parts.push(part);
    }
  } catch (error) {
    throw new Broken((error as Error).message, { cause: error });
  }
  if (size > most) throw new Error(`an answer has more than ${most} bytes`);
  return Buffer.concat(parts);
}

/** What nobody wants to read: the connection can be used again. */
export function skip(answer: Answer): void {
  answer.body.on('error', () => {});
  answer.body.resume();
}
