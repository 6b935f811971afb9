import type { ClientRequest, IncomingMessage } from 'node:http';
import type { AgentOptions } from 'node:https';
import net from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import tls from 'node:tls';
import { EscaleError } from '../../../core/errors/index.ts';
import { http, https } from '../../../host/index.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import { refusalOf, statusIn } from './refusal.ts';
import { pauseBeforeNext } from './repeats.ts';
import { type Credential, SignInDesk } from './sign-in.ts';

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string | undefined>;
  body?: { type: string; value: unknown };
  /** What is done, for people: `apply Deployment web`. */
  what: string;
  signal?: AbortSignal;
  /** It goes on for as long as it likes, on a connection of its own: a watch, a log. */
  isLong?: boolean;
}

type Answered =
  | { answer: IncomingMessage; problem?: undefined; retryAfter?: undefined }
  /** `retryAfter`: what the API said of it, seconds. */
  | { answer: null; problem: EscaleError; retryAfter: string | null };

/** An answer must begin within this, ms. */
const TIMEOUT_MS = 20_000;
/** Texts of answers are read up to here, bytes. */
const ANSWER_AT_MOST = 256 << 20;
/** Often enough that a connection that a router forgot is noticed, ms. */
const KEEP_ALIVE_MS = 15_000;

/** Requests to one API server, signed in. */
export class Connection {
  readonly access: ClusterAccess;
  private readonly desk: SignInDesk;
  private readonly isPlain: boolean;
  private readonly stop = new AbortController();
  private agent: InstanceType<typeof http.Agent> | null = null;
  private agentOf: Credential['certificate'] = null;

  constructor(access: ClusterAccess) {
    this.access = access;
    this.desk = new SignInDesk(access);
    this.isPlain = new URL(access.server).protocol === 'http:';
  }

  /** The answer’s JSON. Throws `cluster-away`, `cluster-forbidden`, `cluster-config`, `ClusterRefusal`. */
  async ask<Answer>(request: ApiRequest): Promise<Answer> {
    const answer = await this.stream(request);
    try {
      return JSON.parse(await textOf(answer)) as Answer;
    } catch (error) {
      throw this.away(request.what, error as Error);
    }
  }

  /** The answer as it comes, once its status is a good one. What was not answered as it should be is asked again, a few times. */
  async stream(request: ApiRequest): Promise<IncomingMessage> {
    for (let asked = 1; ; asked++) {
      const { answer, problem, retryAfter } = await this.askOnce(request);
      if (answer !== null) return answer;
      const waitMs = pauseBeforeNext(problem, { request, asked, retryAfter });
      if (waitMs === null) throw problem;
      await this.pause(waitMs, request);
    }
  }

  private async askOnce(request: ApiRequest): Promise<Answered> {
    let answer: IncomingMessage;
    try {
      answer = await this.send(request);
    } catch (error) {
      return { answer: null, problem: this.away(request.what, error as Error), retryAfter: null };
    }
    const status = answer.statusCode!;
    if (status < 300) return { answer };
    const said = statusIn(await textOf(answer).catch(() => ''));
    if (status === 401) this.desk.forget();
    const retryAfter = answer.headers['retry-after'] ?? null;
    return { answer: null, problem: refusalOf(status, said, request), retryAfter };
  }

  private async pause(ms: number, { what, signal }: ApiRequest): Promise<void> {
    const ends = signal === undefined ? this.stop.signal : AbortSignal.any([signal, this.stop.signal]);
    await pause(ms, undefined, { signal: ends }).catch((error) => Promise.reject(this.away(what, error)));
  }

  /** What a connection of another kind (a WebSocket) needs to be let in. */
  async entry(): Promise<{ url: string; tls: AgentOptions; headers: Record<string, string> }> {
    const credential = await this.desk.credential();
    return { url: this.access.server, tls: this.tls(credential), headers: headersOf(credential) };
  }

  close(): void {
    this.stop.abort();
    this.agent?.destroy();
  }

  /** What went wrong below HTTP, as an error for people. */
  away(what: string, error: NodeJS.ErrnoException): EscaleError {
    if (error instanceof EscaleError) return error;
    const { host } = new URL(this.access.server);
    const why = error.code ?? error.message;
    if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(why))
      return new EscaleError('cluster-config', `${host} has no certificate that can be trusted (${why})`);
    return new EscaleError('cluster-away', `${what}: ${host} does not answer (${why})`);
  }

  private async send(request: ApiRequest): Promise<IncomingMessage> {
    const { method, path, query = {}, body, signal, isLong = false } = request;
    const credential = await this.desk.credential();
    const url = new URL(`${this.access.server}${path}`);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value);
    const text = body === undefined ? null : JSON.stringify(body.value);
    const options = {
      method,
      agent: isLong ? this.newAgent(credential, false) : this.agentFor(credential),
      headers: {
        accept: 'application/json',
        'user-agent': 'escale',
        ...headersOf(credential),
        ...(text !== null && {
          'content-type': body!.type,
          'content-length': String(Buffer.byteLength(text)),
        }),
      },
      ...(signal !== undefined && { signal }),
    };
    const sent = this.isPlain ? http.request(url, options) : https.request(url, options);
    return answerTo(sent, text);
  }

  private agentFor(credential: Credential) {
    if (this.agent !== null && this.agentOf === credential.certificate) return this.agent;
    this.agent?.destroy();
    this.agentOf = credential.certificate;
    this.agent = this.newAgent(credential, true);
    return this.agent;
  }

  private newAgent(credential: Credential, keepAlive: boolean) {
    const options = { keepAlive, keepAliveMsecs: KEEP_ALIVE_MS, maxSockets: 16 };
    return this.isPlain ? new http.Agent(options) : new https.Agent({ ...options, ...this.tls(credential) });
  }

  private tls({ certificate }: Credential): AgentOptions {
    const { authority, serverName, isInsecure } = this.access;
    return {
      ...(authority !== null && { ca: authority }),
      ...(serverName !== null && named(serverName)),
      ...(certificate !== null && { cert: certificate.certificate, key: certificate.key }),
      rejectUnauthorized: !isInsecure,
    };
  }
}

/** A certificate may be for an address: that is compared, and never sent as a name. */
function named(serverName: string): AgentOptions {
  if (net.isIP(serverName) === 0) return { servername: serverName };
  return {
    servername: '',
    checkServerIdentity: (_, certificate) => tls.checkServerIdentity(serverName, certificate),
  };
}

function headersOf({ authorization }: Credential): Record<string, string> {
  return authorization === null ? {} : { authorization };
}

function answerTo(sent: ClientRequest, text: string | null): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => sent.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })),
      TIMEOUT_MS,
    );
    sent.once('response', (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    sent.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.once('socket', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
    sent.end(text ?? undefined);
  });
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > ANSWER_AT_MOST) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
