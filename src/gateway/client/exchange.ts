import type { Body } from '../framing/body.ts';
import { Refusal } from '../framing/refusal.ts';
import type { RequestHead } from '../framing/request-head.ts';
import type { ResponseHead } from '../framing/response-head.ts';
import type { RouteMatch } from '../routing/routes.ts';
import { now } from '../turn.ts';
import { isUnreachable } from '../upstream/address.ts';
import type { UpstreamConnection, UpstreamUser } from '../upstream/connection.ts';
import type { RequestLoad } from '../upstream/instance.ts';
import type { Service, Waiting } from '../upstream/service.ts';
import { Answer, type AnswerUser } from './answer.ts';
import { Carrier } from './carrier.ts';
import type { ClientConnection } from './connection.ts';
import type { ExchangeState } from './exchange-state.ts';
import * as failures from './failures.ts';
import type { KnownRequest } from './known-request.ts';
import { type OwnAnswer, ownAnswerText } from './own-answer.ts';
import { writeDown } from './report.ts';
import { RequestSender } from './request-sender.ts';
import { isBodyOverlooked, isIdempotent, retryDecision } from './retry.ts';
import { Tunnel } from './tunnel.ts';

/** One request and its answer: finds an instance, sends, sends again where that is safe, relays the answer. */
export class Exchange implements UpstreamUser, Waiting, RequestLoad, AnswerUser {
  private readonly client: ClientConnection;
  private readonly request: KnownRequest;
  private readonly head: RequestHead;
  private readonly body: Body | null;
  private readonly requestId: string;
  private readonly began = now();
  private readonly carrier = new Carrier();
  private readonly sender: RequestSender;
  place = -1;
  private state: ExchangeState = 'waiting';
  private match: RouteMatch | null = null;
  private service: Service | null = null;
  private answer: Answer | null = null;
  private holdUntil = 0;
  private isReported = false;

  constructor(client: ClientConnection, request: KnownRequest, body: Body | null) {
    this.client = client;
    this.request = request;
    this.head = request.head;
    this.body = body;
    this.requestId = this.head.requestId ?? client.plane.nextRequestId();
    this.sender = new RequestSender(client, request);
  }

  get isEndless(): boolean {
    return this.state === 'answering' && this.answer!.isEventStream;
  }

  /** More bytes of this request are to come. */
  get wantsBody(): boolean {
    return this.body !== null && !this.body.isDone && this.state !== 'over';
  }

  /** Routes the request and starts looking for an instance. */
  begin(): void {
    const match = this.request.route();
    const service = typeof match === 'string' ? undefined : this.client.plane.services.get(match.service);
    if (typeof match === 'string' || service === undefined)
      return this.turnDown(
        failures.missAnswer(typeof match === 'string' ? match : 'unknown-path', this.head),
      );
    this.match = match;
    this.service = service;
    service.counts.requests++;
    service.counts.inFlight++;
    this.attempt(service);
  }

  /** Takes bytes of the body from `start`; gives where it ends, or -1 when the request was refused. */
  feed(input: Buffer, start: number): number {
    const body = this.body!;
    const end = body.feed(input, start, input.length);
    if (end instanceof Refusal) return this.refuseBody(end);
    if (body.content > this.client.plane.limits.bodyBytes)
      return this.refuseBody(new Refusal(413, 'body too large'));
    this.sender.bytesIn += end - start;
    if (body.lead !== '') this.forward(body.lead);
    if (body.safe > start) this.forward(input.subarray(start, body.safe));
    if (this.state === 'sent') this.awaitAnswer();
    if (this.state === 'answered' && body.isDone) this.finish(this.answer!.keepsClient);
    return end;
  }

  // What the client does
  /** The client closed its half: half a request ends here, a whole one still gets its answer. */
  inputEnded(): void {
    if (this.wantsBody) {
      this.report(499);
      this.finish(false);
    } else if (this.state === 'answering') this.client.wait(this.client.plane.limits.halfClosedMs);
  }

  clientWritable(): void {
    if (this.state === 'answering') this.noDeadline();
    this.carrier.upstream?.resume();
    this.answer?.drained();
  }

  clientGone(): void {
    this.report(499);
    this.dropUpstream();
  }

  /** The deadline of the present state has passed. */
  expired(): void {
    if (this.state === 'waiting') this.failWith(failures.HOLD_EXPIRED);
    else if (this.state === 'answered') this.finish(false);
    else if (this.state !== 'sent') this.abort();
    else if (this.wantsBody) this.refuse(failures.BODY_STALLED);
    else {
      this.carrier.instance!.failed();
      this.failWith(failures.NO_ANSWER);
    }
  }

  // What the service and the instance do
  admitted(): void {
    if (this.state === 'waiting') this.attempt(this.service!);
  }

  turnedAway(): void {
    this.failWith(failures.SERVICE_REMOVED);
  }

  cut(): void {
    if (this.state === 'answered') this.finish(false);
    else this.broken('cut at the drain deadline');
  }

  rerouteIfUnsent(): void {
    if (this.state !== 'connecting') return;
    this.dropUpstream();
    this.attempt(this.service!);
  }

  /** What may be sent twice waits for no answer of an instance that is gone. */
  rerouteIfSafe(): void {
    this.rerouteIfUnsent();
    const isSafe = isIdempotent(this.head.method) && this.sender.canReplay && !this.wantsBody;
    if (this.state === 'sent' && this.answer === null && isSafe) this.failedAttempt(true);
  }

  connected(): void {
    if (this.state === 'connecting') this.send(this.carrier.upstream!);
  }

  received(buffer: Buffer, length: number): boolean {
    this.answer ??= new Answer(this, this.client, this.head);
    return this.answer.received(buffer, length);
  }

  writable(): void {
    this.client.socket.resume();
  }

  ended(): void {
    if (!this.answer?.endedByClose(true)) this.lost(null);
  }

  closed(error: NodeJS.ErrnoException | null): void {
    if (!this.answer?.endedByClose(error === null)) this.lost(error);
  }

  // What the answer does
  answerBegan(status: number): void {
    this.state = 'answering';
    this.sender.forget();
    this.noDeadline();
    const { instance } = this.carrier;
    instance!.answered();
    instance!.left();
    if (status < 500) return;
    instance!.counts.serverErrors++;
    this.service!.counts.serverErrors++;
  }

  answerEnded(reusable: boolean, keepAliveMs: number): void {
    this.report(this.answer!.status);
    if (this.wantsBody) {
      this.state = 'answered';
      this.client.wait(this.client.plane.limits.bodyIdleMs);
      return;
    }
    const isSafe = this.body === null || !isBodyOverlooked(this.head.method);
    const upstream = this.carrier.leave(this)!;
    if (reusable && isSafe) upstream.instance.release(upstream, keepAliveMs);
    else upstream.destroy();
    this.finish(this.answer!.keepsClient);
  }

  answerIsBad(refusal: Refusal): void {
    this.carrier.instance?.failed();
    if (this.state === 'answering') this.abort();
    else this.failWith(failures.badAnswer(refusal.reason));
  }

  switched(response: ResponseHead, rest: Buffer): void {
    this.report(101);
    this.state = 'over';
    const instance = this.carrier.instance!;
    // The tunnel is counted before the request leaves: a draining instance must not look empty in between.
    const ends = { client: this.client, upstream: this.carrier.upstream!, instance, service: this.service! };
    const tunnel = new Tunnel(ends, this.head.upgrade!);
    this.carrier.leave(this);
    tunnel.begin(response, rest);
    this.client.become(tunnel);
  }

  private attempt(service: Service): void {
    const instance = service.pick();
    if (instance === null) {
      this.holdOn(service);
      return;
    }
    this.state = 'connecting';
    this.client.deadline = Number.POSITIVE_INFINITY;
    const upstream = this.carrier.take(instance, this, isIdempotent(this.head.method));
    if (upstream.isReused) this.send(upstream);
  }

  private holdOn(service: Service): void {
    const time = performance.now();
    if (this.holdUntil === 0) this.holdUntil = time + service.spec.hold.timeoutMs;
    this.state = 'waiting';
    if (this.holdUntil <= time) this.failWith(failures.HOLD_EXPIRED);
    else if (service.hold(this)) this.client.deadline = this.holdUntil;
    else this.failWith(failures.HOLD_FULL);
  }

  private send(upstream: UpstreamConnection): void {
    this.state = 'sent';
    this.sender.send(upstream.socket, this.match!, { requestId: this.requestId, wantsBody: this.wantsBody });
    this.awaitAnswer();
  }

  private awaitAnswer(): void {
    const { bodyIdleMs } = this.client.plane.limits;
    this.client.wait(this.wantsBody ? bodyIdleMs : this.service!.spec.responseTimeoutMs);
  }

  private forward(bytes: Buffer | string): void {
    const isSent = this.state === 'sent' || this.state === 'answering' || this.state === 'answered';
    const accepted = isSent
      ? this.sender.pass(bytes, this.carrier.upstream?.socket)
      : this.sender.keep(bytes);
    if (!accepted && this.wantsBody) this.client.socket.pause();
  }

  private lost(error: NodeJS.ErrnoException | null): void {
    if (this.state === 'answered') this.throwRestAway();
    else if (this.state !== 'connecting') this.broken(error?.code ?? 'connection closed');
    else {
      const { instance } = this.carrier;
      this.dropUpstream();
      instance!.refused(failures.connectFailure(error), isUnreachable(error));
      this.failedAttempt(false);
    }
  }

  /** The client may be waiting until an instance takes more: it goes on without one. */
  private throwRestAway(): void {
    this.dropUpstream();
    this.client.socket.resume();
  }

  private broken(reason: string): void {
    if (this.state === 'answering') {
      this.abort();
      return;
    }
    const { instance, upstream } = this.carrier;
    if (instance !== null && upstream !== null) instance.broke(upstream);
    const isUnsent = this.state !== 'sent' || (upstream !== null && this.sender.isUnsent(upstream.socket));
    if (this.answer === null) this.failedAttempt(!isUnsent);
    else this.failWith(failures.badAnswer(`broken off, ${reason}`));
  }

  private failedAttempt(wasSent: boolean): void {
    const service = this.service!;
    this.dropUpstream();
    const decision = retryDecision({
      wasSent,
      method: this.head.method,
      canReplay: this.sender.canReplay,
      attempts: this.carrier.attempts,
      instances: service.instances.length,
    });
    if (decision === 'retry') {
      service.retries++;
      this.attempt(service);
      return;
    }
    if (decision === 'forbidden') service.notRetried++;
    this.failWith(decision === 'forbidden' ? failures.NOT_RETRIED : failures.UNREACHABLE);
  }

  private refuseBody(refusal: Refusal): -1 {
    this.client.plane.meter.refused(refusal.status);
    this.refuse({ status: refusal.status, message: `Refused: ${refusal.reason}.` });
    return -1;
  }

  /** The client's fault: answered if nothing was yet, then closed. */
  private refuse(answer: OwnAnswer): void {
    if (this.state === 'answering' || this.state === 'answered') this.abort();
    else this.endWith(answer, false);
  }

  /** The gateway's or the instance's fault: 502, 503, 504. */
  private failWith(answer: OwnAnswer): void {
    if (this.carrier.tried !== null) this.carrier.tried.counts.gatewayErrors++;
    this.service!.counts.gatewayErrors++;
    this.turnDown(answer);
  }

  private turnDown(answer: OwnAnswer): void {
    this.endWith(answer, this.head.keepAlive && !this.wantsBody && !this.client.plane.isRetired);
  }

  private endWith(answer: OwnAnswer, keepAlive: boolean): void {
    const { minor, method } = this.head;
    this.report(answer.status);
    const text = ownAnswerText(answer, { isHead: method === 'HEAD', keepAlive, minor });
    this.client.socket.write(text, 'latin1');
    this.finish(keepAlive);
  }

  /** The answer has begun and can't be ended well: the client must see that it is cut. */
  private abort(): void {
    this.report(this.answer?.status ?? 502);
    this.dropUpstream();
    if (this.answer?.endsWithClose) this.client.socket.resetAndDestroy();
    else this.client.socket.destroy();
  }

  private finish(keepAlive: boolean): void {
    this.dropUpstream();
    this.state = 'over';
    this.client.next(keepAlive);
  }

  private dropUpstream(): void {
    this.service?.release(this);
    this.carrier.leave(this)?.destroy();
  }

  private noDeadline(): void {
    this.client.deadline = Number.POSITIVE_INFINITY;
    if (this.client.inputEnded) this.client.wait(this.client.plane.limits.halfClosedMs);
  }

  private report(status: number): void {
    if (this.isReported) return;
    this.isReported = true;
    if (this.service !== null) this.service.counts.inFlight--;
    const { request, requestId, began, service } = this;
    const { attempts, tried: instance } = this.carrier;
    const bytes = { in: this.sender.bytesIn, out: this.answer?.bytesOut ?? 0 };
    writeDown({ request, requestId, status, began, bytes, attempts }, this.client.plane, {
      service,
      instance,
    });
  }
}
