import type { Body } from '../framing/body.ts';
import { Refusal } from '../framing/refusal.ts';
import type { RequestHead } from '../framing/request-head.ts';
import type { ResponseHead } from '../framing/response-head.ts';
import { splitTarget } from '../routing/path.ts';
import type { RouteMatch, RouteMiss } from '../routing/routes.ts';
import type { UpstreamConnection, UpstreamUser } from '../upstream/connection.ts';
import type { Instance, RequestLoad } from '../upstream/instance.ts';
import type { Service, Waiting } from '../upstream/service.ts';
import { Answer, type AnswerUser } from './answer.ts';
import type { ClientConnection } from './connection.ts';
import { requestHeadText } from './forward-head.ts';
import { type OwnAnswer, ownAnswerText } from './own-answer.ts';
import { isIdempotent, retryDecision } from './retry.ts';
import { Tunnel } from './tunnel.ts';
import { writeRequest } from './write.ts';

type State =
  /** No instance yet. */
  | 'waiting'
  | 'connecting'
  /** Sent; not a byte of the final answer's head has gone to the client. */
  | 'sent'
  | 'answering'
  /** The answer is complete, the request's body is not: the rest goes on, or is thrown away. */
  | 'answered'
  | 'over';

/** One request and its answer: finds an instance, sends, sends again where that is safe, relays the answer. */
export class Exchange implements UpstreamUser, Waiting, RequestLoad, AnswerUser {
  readonly client: ClientConnection;
  readonly head: RequestHead;
  readonly requestId: string;
  private readonly body: Body | null;
  private readonly began = performance.now();
  private state: State = 'waiting';
  private match: RouteMatch | null = null;
  private service: Service | null = null;
  private instance: Instance | null = null;
  /** The last instance that was tried, for what is written down. */
  private tried: Instance | null = null;
  private upstream: UpstreamConnection | null = null;
  private answer: Answer | null = null;
  /** What came of the body, as long as it may have to be sent (again); null: too much to keep. */
  private replay: (Buffer | string)[] | null = [];
  private replayBytes = 0;
  private attempts = 0;
  private holdUntil = 0;
  private saidContinue = false;
  private bytesIn = 0;
  private reported = false;
  /** A body where many servers expect none and would read it as the next request. */
  private readonly hasOddBody: boolean;

  constructor(client: ClientConnection, head: RequestHead, body: Body | null) {
    this.client = client;
    this.head = head;
    this.body = body;
    this.requestId = head.requestId ?? client.plane.nextRequestId();
    this.hasOddBody =
      body !== null && (head.method === 'GET' || head.method === 'HEAD' || head.method === 'OPTIONS');
  }

  /** More bytes of this request are to come. */
  get wantsBody(): boolean {
    return this.body !== null && !this.body.isDone && this.state !== 'over';
  }

  /** Routes the request and starts looking for an instance. */
  begin(): void {
    const match = this.route();
    if (typeof match === 'string') return this.turnDown(missAnswer(match, this.head));
    const service = this.client.plane.services.get(match.service);
    if (service === undefined) return this.turnDown(missAnswer('unknown-path', this.head));
    this.match = match;
    this.service = service;
    service.counts.requests++;
    service.counts.inFlight++;
    this.attempt();
  }

  /** Takes bytes of the body from `start`; gives where it ends, or -1 when the request was refused. */
  feed(input: Buffer, start: number): number {
    const body = this.body!;
    const end = body.feed(input, start, input.length);
    if (end instanceof Refusal) return this.refuseBody(end);
    if (body.content > this.client.plane.limits.bodyBytes)
      return this.refuseBody(new Refusal(413, 'body too large'));
    this.bytesIn += end - start;
    if (body.lead !== '') this.forward(body.lead);
    if (body.safe > start) this.forward(input.subarray(start, body.safe));
    if (this.state === 'sent') this.awaitAnswer();
    if (this.state === 'answered' && body.isDone) this.complete();
    return end;
  }

  /** The client closed its half: half a request ends here, a whole one still gets its answer. */
  inputEnded(): void {
    if (this.wantsBody) {
      this.report(499);
      this.dropUpstream();
      this.client.socket.destroy();
    } else if (this.state === 'answering') this.client.wait(this.client.plane.limits.halfClosedMs);
  }

  clientWritable(): void {
    if (this.state === 'answering') this.client.deadline = Number.POSITIVE_INFINITY;
    if (this.state === 'answering' && this.client.inputEnded)
      this.client.wait(this.client.plane.limits.halfClosedMs);
    this.upstream?.resume();
  }

  clientGone(): void {
    this.report(499);
    this.dropUpstream();
  }

  expired(): void {
    const { limits } = this.client.plane;
    if (this.state === 'waiting')
      return this.failWith({
        status: 503,
        message: 'No instance became ready in time.',
        fields: retryAfter(1),
      });
    if (this.state === 'answered') return this.abandonBody();
    if (this.state === 'answering' || this.state === 'over') return this.abort();
    if (this.wantsBody)
      return this.refuse({ status: 408, message: `No byte of the body for ${limits.bodyIdleMs} ms.` });
    this.instance?.failed();
    this.failWith({ status: 504, message: 'The service did not answer in time.' });
  }

  // Waiting

  admitted(): void {
    if (this.state === 'waiting') this.attempt();
  }

  turnedAway(): void {
    this.failWith({ status: 503, message: 'The service was removed.', fields: retryAfter(1) });
  }

  // Load

  cut(): void {
    if (this.state === 'answered') return this.abandonBody();
    this.broken('cut at the drain deadline');
  }

  rerouteIfUnsent(): void {
    if (this.state !== 'connecting') return;
    this.dropUpstream();
    this.attempt();
  }

  // UpstreamUser

  connected(): void {
    if (this.state === 'connecting') this.send();
  }

  received(buffer: Buffer, length: number): boolean {
    if (this.answer === null) this.answer = new Answer(this, this.client, this.head);
    return this.answer.received(buffer, length);
  }

  writable(): void {
    this.client.socket.resume();
  }

  ended(): void {
    if (this.answer?.endedByClose()) return;
    this.lost(null);
  }

  closed(error: NodeJS.ErrnoException | null): void {
    if (error === null && this.answer?.endedByClose()) return;
    this.lost(error);
  }

  // AnswerUser

  /** The head of the final answer is about to go out. */
  answerBegan(status: number): void {
    this.state = 'answering';
    this.replay = null;
    this.client.deadline = Number.POSITIVE_INFINITY;
    this.instance!.answered();
    if (status >= 500) {
      this.instance!.counts.serverErrors++;
      this.service!.counts.serverErrors++;
    }
    if (this.client.inputEnded) this.client.wait(this.client.plane.limits.halfClosedMs);
  }

  /** The last byte of the answer is written; `reusable`: the connection may carry another exchange. */
  answerEnded(reusable: boolean, keepAliveMs: number): void {
    this.report(this.answer!.status);
    if (this.wantsBody) {
      this.state = 'answered';
      this.client.wait(this.client.plane.limits.bodyIdleMs);
      return;
    }
    const upstream = this.upstream!;
    this.leaveInstance();
    if (reusable && !this.hasOddBody) upstream.instance.release(upstream, keepAliveMs);
    else upstream.destroy();
    this.state = 'over';
    this.client.next(this.answer!.keepsClient);
  }

  /** The instance answers nonsense. */
  answerIsBad(refusal: Refusal): void {
    this.instance?.failed();
    if (this.state === 'answering') return this.abort();
    this.failWith({ status: 502, message: `The service gave no valid answer (${refusal.reason}).` });
  }

  /** The instance accepted to change the protocol; `rest` came behind its 101. */
  switched(response: ResponseHead, rest: Buffer): void {
    const upstream = this.upstream!;
    const { instance, service } = this;
    this.report(101);
    this.state = 'over';
    this.upstream = null;
    this.leaveInstance();
    this.client.become(
      new Tunnel(
        { client: this.client, upstream, instance: instance!, service: service! },
        { response, rest, protocol: this.head.upgrade! },
      ),
    );
  }

  private route(): RouteMatch | RouteMiss {
    const { entry, plane } = this.client;
    const { host, target } = this.head;
    if (entry.service !== null) {
      return splitTarget(target) === null ? 'bad-target' : { service: entry.service, target, prefix: '' };
    }
    return host === null ? 'unknown-host' : plane.routes.match(host, target);
  }

  private attempt(): void {
    const service = this.service!;
    const instance = service.pick();
    if (instance === null) return this.holdOn(service);
    this.attempts++;
    this.instance = instance;
    this.tried = instance;
    instance.requests.add(this);
    instance.counts.requests++;
    instance.counts.inFlight++;
    this.state = 'connecting';
    this.client.deadline = Number.POSITIVE_INFINITY;
    this.upstream = instance.connect(this, {
      idempotent: isIdempotent(this.head.method),
      fresh: this.attempts > 1,
    });
    if (this.upstream.isReused) this.send();
  }

  private holdOn(service: Service): void {
    const now = performance.now();
    if (this.holdUntil === 0) this.holdUntil = now + service.spec.hold.timeoutMs;
    this.state = 'waiting';
    if (this.holdUntil > now && service.hold(this)) {
      this.client.deadline = this.holdUntil;
      return;
    }
    const message =
      this.holdUntil > now ? 'Too many requests wait for an instance.' : 'No instance became ready in time.';
    this.failWith({ status: 503, message, fields: retryAfter(1) });
  }

  private send(): void {
    const { client, head } = this;
    this.state = 'sent';
    const { entry, address: clientAddress } = client;
    const { requestId } = this;
    const text = requestHeadText(head, {
      match: this.match!,
      clientAddress,
      protocol: entry.protocol,
      requestId,
    });
    writeRequest(this.upstream!.socket, text, this.replay ?? []);
    if (this.replayBytes > client.plane.limits.replayBytes) this.replay = null;
    if (head.expectsContinue && this.wantsBody && this.bytesIn === 0 && !this.saidContinue) {
      this.saidContinue = true;
      client.socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
    }
    if (this.body !== null) client.socket.resume();
    this.awaitAnswer();
  }

  private awaitAnswer(): void {
    this.client.wait(
      this.wantsBody ? this.client.plane.limits.bodyIdleMs : this.service!.spec.responseTimeoutMs,
    );
  }

  private forward(bytes: Buffer | string): void {
    if (this.replay !== null) this.keep(bytes);
    if (this.upstream === null || this.state === 'connecting' || this.state === 'waiting') return;
    const accepted = this.upstream.socket.write(bytes as Buffer, 'latin1');
    if (!accepted && this.wantsBody) this.client.socket.pause();
  }

  private keep(bytes: Buffer | string): void {
    this.replay!.push(bytes);
    this.replayBytes += bytes.length;
    if (this.replayBytes <= this.client.plane.limits.replayBytes) return;
    if (this.state === 'sent') this.replay = null;
    else this.client.socket.pause();
  }

  private lost(error: NodeJS.ErrnoException | null): void {
    if (this.state === 'answered') {
      this.dropUpstream();
      return;
    }
    if (this.state !== 'connecting') return this.broken(error?.code ?? 'connection closed');
    this.instance?.refused(
      error?.code === 'ECONNREFUSED'
        ? 'refused the connection of a request'
        : `no connection: ${error?.code ?? 'closed'}`,
    );
    this.failedAttempt(false);
  }

  private broken(reason: string): void {
    if (this.state === 'answering') return this.abort();
    const { instance, upstream } = this;
    if (instance !== null && upstream !== null) instance.broke(upstream);
    if (this.answer?.gotBytes) {
      return this.failWith({ status: 502, message: `The service broke off its answer (${reason}).` });
    }
    this.failedAttempt(true);
  }

  private failedAttempt(wasSent: boolean): void {
    const service = this.service!;
    this.dropUpstream();
    const { method } = this.head;
    const instances = service.instances.length;
    const decision = retryDecision({
      wasSent,
      method,
      canReplay: this.replay !== null,
      attempts: this.attempts,
      instances,
    });
    if (decision === 'retry') {
      service.retries++;
      this.answer = null;
      return this.attempt();
    }
    if (decision === 'forbidden') service.notRetried++;
    const message =
      decision === 'forbidden'
        ? 'The connection to the service broke; the request may have been acted on, so it was not sent again.'
        : 'The service could not be reached.';
    this.failWith({ status: 502, message });
  }

  private refuseBody(refusal: Refusal): -1 {
    this.client.plane.meter.refused(refusal.status);
    this.refuse({ status: refusal.status, message: `Refused: ${refusal.reason}.` });
    return -1;
  }

  /** The client's fault: answered if nothing was yet, then closed. */
  private refuse(answer: OwnAnswer): void {
    if (this.state === 'answering' || this.state === 'answered') return this.abort();
    this.report(answer.status);
    this.dropUpstream();
    this.endWith(answer, false);
  }

  /** The gateway's or the instance's fault: 502, 503, 504. */
  private failWith(answer: OwnAnswer): void {
    if (this.tried !== null) this.tried.counts.gatewayErrors++;
    this.service!.counts.gatewayErrors++;
    this.turnDown(answer);
  }

  private turnDown(answer: OwnAnswer): void {
    this.report(answer.status);
    this.dropUpstream();
    this.endWith(answer, this.head.keepAlive && !this.wantsBody && !this.client.plane.isClosing);
  }

  private endWith(answer: OwnAnswer, keepAlive: boolean): void {
    const { minor, method } = this.head;
    this.state = 'over';
    this.client.socket.write(
      ownAnswerText(answer, { isHead: method === 'HEAD', keepAlive, minor }),
      'latin1',
    );
    this.client.next(keepAlive);
  }

  private complete(): void {
    this.dropUpstream();
    this.state = 'over';
    this.client.next(this.answer!.keepsClient);
  }

  private abandonBody(): void {
    this.dropUpstream();
    this.state = 'over';
    this.client.finish();
  }

  /** The answer has begun and can't be ended well: the client must see that it is cut. */
  private abort(): void {
    this.report(this.answer?.status ?? 502);
    this.dropUpstream();
    this.client.socket.destroy();
  }

  private dropUpstream(): void {
    this.service?.release(this);
    const upstream = this.upstream;
    this.upstream = null;
    this.leaveInstance();
    upstream?.destroy();
  }

  private leaveInstance(): void {
    const instance = this.instance;
    if (instance === null) return;
    this.instance = null;
    this.upstream = null;
    instance.requests.delete(this);
    instance.counts.inFlight--;
    instance.left();
  }

  private report(status: number): void {
    if (this.reported) return;
    this.reported = true;
    const { client, service, tried } = this;
    const seconds = (performance.now() - this.began) / 1_000;
    const bytesOut = this.answer?.bytesOut ?? 0;
    if (service !== null) {
      service.counts.inFlight--;
      service.meter.observe({ method: this.head.method, status, seconds, bytesIn: this.bytesIn, bytesOut });
    } else client.plane.meter.unrouted(status);
    client.plane.accessLog.request({
      client: client.address,
      head: this.head,
      requestId: this.requestId,
      service: service?.key ?? '',
      instance: tried?.spec.id ?? '',
      release: tried?.spec.release ?? 0,
      status,
      seconds,
      bytesIn: this.bytesIn,
      bytesOut,
      attempts: this.attempts,
    });
  }
}

function missAnswer(miss: RouteMiss, head: RequestHead): OwnAnswer {
  if (miss === 'bad-target') return { status: 400, message: 'Refused: ambiguous path.' };
  if (miss === 'unknown-path') return { status: 404, message: 'No service is routed at this path.' };
  return { status: 404, message: `No application is served at ${head.host ?? 'this address'}.` };
}

function retryAfter(seconds: number): string {
  return `Retry-After: ${seconds}\r\n`;
}
