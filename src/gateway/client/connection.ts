import type { Socket } from 'node:net';
import { requestBody } from '../framing/body.ts';
import { isHopeless } from '../framing/fields.ts';
import { Refusal } from '../framing/refusal.ts';
import { parseRequestHead } from '../framing/request-head.ts';
import { now } from '../turn.ts';
import type { DataPlane, Entry } from './data-plane.ts';
import { Exchange } from './exchange.ts';
import { KnownAnswer } from './known-answer.ts';
import { KnownRequest } from './known-request.ts';
import { ownAnswerText } from './own-answer.ts';
import { readInto } from './read-buffer.ts';
import type { Tunnel } from './tunnel.ts';

type Mode = 'http' | 'tunnel' | 'lingering';

/** Up to this many bytes a head that comes alone is looked at without being copied. */
const LONE_HEAD_BYTES = 2_048;
const NOTHING = Buffer.alloc(0);

/** One client connection: cuts its bytes into requests, one exchange at a time, and keeps its deadlines. */
export class ClientConnection {
  readonly socket: Socket;
  readonly plane: DataPlane;
  readonly entry: Entry;
  readonly address: string;
  /** When `expired` is to be called, ms of the monotonic clock. */
  deadline: number;
  /** The client closed its half. */
  inputEnded = false;
  /** What it was answered last. */
  readonly lastAnswer = new KnownAnswer();
  private mode: Mode = 'http';
  private exchange: Exchange | null = null;
  private tunnel: Tunnel | null = null;
  private ahead: Buffer | null = null;
  private isAdvancing = false;
  private headBegan = false;
  private lastLeft = -1;
  /** The last request whose head came alone, and that head's bytes. */
  private known: KnownRequest | null = null;
  private knownText = '';

  constructor(accepted: Socket, plane: DataPlane, entry: Entry) {
    const socket = readInto(accepted, (buffer, length) => this.received(buffer, length));
    this.socket = socket;
    this.plane = plane;
    this.entry = entry;
    this.address = plainAddress(socket.remoteAddress);
    this.deadline = now() + plane.limits.idleMs;
    socket.on('end', () => this.ended());
    socket.on('drain', () => this.drained());
    socket.on('error', () => {});
    socket.on('close', () => this.closed());
  }

  /** Lets `expired` be called after `ms`. */
  wait(ms: number): void {
    this.deadline = now() + ms;
  }

  expired(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    if (this.tunnel !== null) this.tunnel.expired();
    else if (this.mode === 'lingering') this.lingered();
    else if (this.exchange !== null) this.exchange.expired();
    else if (this.ahead !== null && !this.socket.writableNeedDrain)
      this.refuse(new Refusal(408, 'request took too long'));
    else this.socket.destroy();
  }

  /** The gateway stops: an idle connection ends now, a busy one after its answer. */
  stop(): void {
    if (this.tunnel !== null) this.tunnel.cut();
    else if (this.exchange === null && this.mode === 'http') this.finish();
  }

  /** The exchange is over: the next request, or the end. */
  next(keepAlive: boolean): void {
    this.exchange = null;
    if (!keepAlive || this.plane.isClosing) {
      this.finish();
      return;
    }
    this.wait(this.plane.limits.idleMs);
    this.socket.resume();
    if (this.isAdvancing) return;
    if (this.ahead !== null) this.advance();
    else if (this.inputEnded) this.finish();
  }

  /** Hands the connection to `tunnel`, with the bytes that came behind the request. */
  become(tunnel: Tunnel): void {
    this.mode = 'tunnel';
    this.exchange = null;
    this.tunnel = tunnel;
    this.deadline = Number.POSITIVE_INFINITY;
    const early = this.ahead;
    this.ahead = null;
    this.socket.resume();
    if (early !== null) tunnel.fromClient(early);
    if (this.inputEnded) tunnel.clientEnded();
  }

  /** Closes in order: what is written goes out, what still comes in is thrown away for a moment. */
  finish(): void {
    this.mode = 'lingering';
    this.exchange = null;
    this.ahead = null;
    this.wait(this.plane.limits.lingerMs);
    this.socket.end();
    this.socket.resume();
  }

  // The buffer is read into again: whatever outlives this call is copied.
  private received(buffer: Buffer, length: number): void {
    if (this.exchange === null && this.ahead === null && this.mode === 'http') {
      if (this.takeLoneHead(buffer, length)) return;
    }
    if (this.mode === 'lingering') return;
    const chunk = Buffer.from(buffer.subarray(0, length));
    if (this.tunnel !== null) this.tunnel.fromClient(chunk);
    if (this.mode !== 'http') return;
    this.ahead = this.ahead === null ? chunk : Buffer.concat([this.ahead, chunk]);
    this.advance();
  }

  /** Nearly every read is one whole head and nothing else; false: this one is not. */
  private takeLoneHead(buffer: Buffer, length: number): boolean {
    const { limits } = this.plane;
    if (length > Math.min(LONE_HEAD_BYTES, limits.headBytes) || this.socket.writableNeedDrain) return false;
    const text = buffer.toString('latin1', 0, length);
    const end = text.indexOf('\r\n\r\n');
    if (end === -1 || end + 4 !== length) return false;
    if (this.known === null || text !== this.knownText) {
      const head = parseRequestHead(text.slice(0, -2), limits);
      if (head instanceof Refusal) return !this.refuse(head);
      this.known = new KnownRequest(head, this);
      this.knownText = text;
    }
    this.exchangeFor(this.known, NOTHING);
    return true;
  }

  private advance(): void {
    if (this.isAdvancing) return;
    this.isAdvancing = true;
    while (this.mode === 'http' && this.ahead !== null) {
      const progressed =
        this.exchange === null ? this.begin(this.ahead) : this.feed(this.exchange, this.ahead);
      if (!progressed) break;
    }
    this.isAdvancing = false;
    if (this.inputEnded && this.mode === 'http') this.inputIsOver();
  }

  private feed(exchange: Exchange, input: Buffer): boolean {
    if (!exchange.wantsBody) {
      if (input.length > this.plane.limits.aheadBytes) this.socket.pause();
      return false;
    }
    this.ahead = null;
    const end = exchange.feed(input, 0);
    if (end !== -1) this.ahead = end < input.length ? input.subarray(end) : null;
    return this.ahead !== null;
  }

  private begin(input: Buffer): boolean {
    // Answers that the client does not take must not pile up here.
    if (this.socket.writableNeedDrain) {
      this.socket.pause();
      this.wait(this.plane.limits.stalledMs);
      return false;
    }
    const end = input.indexOf('\r\n\r\n');
    if (end === -1) return this.judgePartial(input);
    if (end + 4 > this.plane.limits.headBytes) return this.refuse(tooLong(input));
    const head = parseRequestHead(input.toString('latin1', 0, end + 2), this.plane.limits);
    if (head instanceof Refusal) return this.refuse(head);
    return this.exchangeFor(new KnownRequest(head, this), input.subarray(end + 4));
  }

  private exchangeFor(request: KnownRequest, rest: Buffer): boolean {
    this.headBegan = false;
    const body = requestBody(request.head, this.plane.limits);
    if (body instanceof Refusal) return this.refuse(body);
    const exchange = new Exchange(this, request, body);
    this.exchange = exchange;
    // What came of the body is judged before an instance hears of the request.
    const bodyEnd = body === null ? 0 : exchange.feed(rest, 0);
    this.ahead = bodyEnd === -1 || bodyEnd >= rest.length ? null : rest.subarray(bodyEnd);
    if (bodyEnd !== -1) exchange.begin();
    return this.ahead !== null;
  }

  private judgePartial(input: Buffer): boolean {
    const { limits } = this.plane;
    if (input.length > limits.headBytes) return this.refuse(tooLong(input));
    if (isHopeless(input.toString('latin1'))) return this.refuse(new Refusal(400, 'bad request head'));
    if (!this.headBegan) this.wait(limits.headMs);
    this.headBegan = true;
    return false;
  }

  private refuse(refusal: Refusal): false {
    this.plane.meter.refused(refusal.status);
    this.plane.accessLog.refused(this.address, refusal);
    const answer = { status: refusal.status, message: `Refused: ${refusal.reason}.` };
    this.socket.write(ownAnswerText(answer, { isHead: false, keepAlive: false, minor: 1 }), 'latin1');
    this.finish();
    return false;
  }

  private ended(): void {
    this.inputEnded = true;
    if (this.tunnel !== null) this.tunnel.clientEnded();
    else if (this.mode === 'lingering') this.socket.end();
    else this.inputIsOver();
  }

  // A half-closed client still gets the answer to a complete request; half a request is nothing.
  private inputIsOver(): void {
    if (this.exchange !== null) this.exchange.inputEnded();
    else if (this.ahead === null || !this.socket.writableNeedDrain) this.finish();
  }

  private drained(): void {
    if (this.tunnel !== null) this.tunnel.clientWritable();
    else if (this.exchange !== null) this.exchange.clientWritable();
    else if (this.mode === 'http') {
      this.wait(this.plane.limits.idleMs);
      this.socket.resume();
      this.advance();
    }
  }

  private lingered(): void {
    if (this.socket.writableLength > 0 && this.hasProgress()) this.wait(this.plane.limits.stalledMs);
    else this.socket.destroy();
  }

  private hasProgress(): boolean {
    const left = this.socket.writableLength;
    const progressed = left !== this.lastLeft;
    this.lastLeft = left;
    return progressed;
  }

  private closed(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    this.mode = 'lingering';
    this.exchange?.clientGone();
    this.tunnel?.clientGone();
    this.exchange = null;
  }
}

function tooLong(input: Buffer): Refusal {
  const isLine = input.indexOf('\r\n') === -1;
  return isLine ? new Refusal(414, 'request line too long') : new Refusal(431, 'request head too long');
}

function plainAddress(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
