import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { EscaleError } from '../../../core/errors/index.ts';
import { http } from '../../../host/index.ts';
import { commonVersion, OLDEST } from './version.ts';

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the version: `/containers/json`. Names that come from elsewhere are encoded by whoever asks. */
  path: string;
  query?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is: a tar archive. */
  tar?: NodeJS.ReadableStream | Buffer;
  signal?: AbortSignal;
  /** An answer must begin within this, ms; 0: whenever it does. */
  timeoutMs?: number;
}

/** What Docker answered where it did not do what was asked. */
export class DockerRefusal extends EscaleError {
  readonly status: number;

  constructor(status: number, message: string) {
    super('docker-refused', `Docker: ${message}`, { details: { status } });
    this.status = status;
  }
}

const TIMEOUT_MS = 60_000;
/** Texts of answers are read up to here, bytes. */
const ANSWER_AT_MOST = 64 << 20;

/** Docker's Engine API over its unix socket, in a version that both know. */
export class DockerApi {
  private readonly address: () => string;
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  private version: Promise<string> | null = null;

  /** `address`: where its socket is; may throw `docker-address`. */
  constructor(address: () => string) {
    this.address = address;
  }

  get socket(): string {
    return this.address();
  }

  /** The answer's JSON; null where there is none. Throws `docker-away`, `docker-too-old`, `DockerRefusal`. */
  async ask<Answer = null>(request: ApiRequest): Promise<Answer> {
    const stream = await this.stream(request);
    const text = await textOf(stream).catch((error) => Promise.reject(away(this.socket, error)));
    return (text === '' ? null : JSON.parse(text)) as Answer;
  }

  /** The same, null where Docker knows no such thing (404). */
  async find<Answer>(request: ApiRequest): Promise<Answer | null> {
    try {
      return await this.ask<Answer>(request);
    } catch (error) {
      if (isRefusal(error, 404)) return null;
      throw error;
    }
  }

  /** The answer as it comes, once its status is a good one. */
  async stream(request: ApiRequest): Promise<Readable> {
    const answer = await this.send(request, await this.prefix());
    if (answer.statusCode! < 300 || answer.statusCode === 304) return answer;
    throw refusalOf(answer.statusCode!, await textOf(answer));
  }

  /** A connection of its own for an exec, after its upgrade. */
  async hijack(path: string, json: unknown): Promise<Duplex> {
    const prefix = await this.prefix();
    const body = JSON.stringify(json);
    const request = http.request({
      ...{ socketPath: this.socket, method: 'POST', path: `${prefix}${path}`, agent: false },
      headers: {
        host: 'docker',
        connection: 'Upgrade',
        upgrade: 'tcp',
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    request.end(body);
    return new Promise((resolve, reject) => {
      request.once('upgrade', (_answer, socket, head) => {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      request.once('response', (answer) =>
        textOf(answer).then((text) => reject(refusalOf(answer.statusCode!, text)), reject),
      );
      request.once('error', (error) => reject(away(this.socket, error)));
    });
  }

  /** Asks again which version to speak: the engine may have become another one. */
  renew(): void {
    this.version = null;
  }

  close(): void {
    this.agent.destroy();
  }

  private async prefix(): Promise<string> {
    this.version ??= this.negotiate().catch((error) => {
      this.version = null;
      throw error;
    });
    return `/v${await this.version}`;
  }

  private async negotiate(): Promise<string> {
    const answer = await this.send({ method: 'GET', path: '/version', timeoutMs: 10_000 }, '');
    const { ApiVersion = '0', MinAPIVersion = '1.0' } = JSON.parse(await textOf(answer)) as Record<
      string,
      string
    >;
    const version = commonVersion(MinAPIVersion, ApiVersion);
    if (version !== null) return version;
    throw new EscaleError(
      'docker-too-old',
      `Docker at ${this.socket} speaks the API ${MinAPIVersion} to ${ApiVersion}, and Escale needs ${OLDEST}`,
    );
  }

  private send(request: ApiRequest, prefix: string): Promise<IncomingMessage> {
    const { method, path, query, json, tar, signal, timeoutMs = TIMEOUT_MS } = request;
    const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
    const body = json === undefined ? null : JSON.stringify(json);
    const type = json === undefined ? 'application/x-tar' : 'application/json';
    return new Promise((resolve, reject) => {
      const sent = http.request({
        ...{ socketPath: this.socket, method, path: `${prefix}${path}${search}` },
        // A body that comes slowly would hold a connection that others wait for.
        agent: tar === undefined && timeoutMs > 0 ? this.agent : false,
        headers: {
          host: 'docker',
          ...((json !== undefined || tar !== undefined) && { 'content-type': type }),
          ...(body !== null && { 'content-length': Buffer.byteLength(body) }),
        },
        ...(signal && { signal }),
      });
      if (timeoutMs > 0) sent.setTimeout(timeoutMs, () => sent.destroy(new Error('it does not answer')));
      sent.once('response', resolve);
      sent.once('error', (error: NodeJS.ErrnoException) => {
        // An engine that was started anew has closed what was kept open.
        const isStale =
          sent.reusedSocket && tar === undefined && ['ECONNRESET', 'EPIPE'].includes(error.code!);
        if (isStale) this.send(request, prefix).then(resolve, reject);
        else reject(away(this.socket, error));
      });
      if (tar === undefined || Buffer.isBuffer(tar)) sent.end(body ?? tar);
      else feed(tar, sent, reject);
    });
  }
}

/** A source that fails cuts the request: half of an archive is never taken for all of it. */
function feed(source: NodeJS.ReadableStream, sent: ClientRequest, reject: (error: Error) => void): void {
  source.once('error', (error) => {
    reject(error);
    sent.destroy(error);
  });
  source.pipe(sent);
}

/** Whether Docker itself answered so. */
export function isRefusal(error: unknown, status: number): error is DockerRefusal {
  return error instanceof DockerRefusal && error.status === status;
}

export function isAway(error: unknown): boolean {
  return error instanceof EscaleError && error.code === 'docker-away';
}

function away(socket: string, error: NodeJS.ErrnoException): Error {
  if (error instanceof EscaleError || error.name === 'AbortError') return error;
  const why =
    { ENOENT: 'nothing is there', ECONNREFUSED: 'nobody listens there', EACCES: 'Escale may not use it' }[
      error.code ?? ''
    ] ?? error.message;
  return new EscaleError('docker-away', `Docker does not answer at ${socket}: ${why}`, { place: socket });
}

function refusalOf(status: number, text: string): DockerRefusal {
  return new DockerRefusal(status, messageOf(text) || `it answered ${status}`);
}

function messageOf(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? '').trim();
  } catch {
    return text.trim().slice(0, 500);
  }
}

async function textOf(answer: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > ANSWER_AT_MOST) throw new Error('an answer of Docker is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
