import { type Body, type ResponseFraming, responseBody, responseFraming } from '../framing/body.ts';
import { isHopeless } from '../framing/fields.ts';
import { Refusal } from '../framing/refusal.ts';
import type { RequestHead } from '../framing/request-head.ts';
import type { ResponseHead } from '../framing/response-head.ts';
import type { ClientConnection } from './connection.ts';
import { clientFraming, endsWithClose, interimHeadText } from './forward-head.ts';
import { STRING_BYTES } from './read-buffer.ts';
import { writeText, writeTogether } from './write.ts';

/** Who hears how an answer goes. */
export interface AnswerUser {
  answerBegan(status: number): void;
  answerEnded(reusable: boolean, keepAliveMs: number): void;
  answerIsBad(refusal: Refusal): void;
  switched(response: ResponseHead, rest: Buffer): void;
}

const MAX_INTERIM = 16;
const LAST_CHUNK = '0\r\n\r\n';
const EVENT_STREAM = /(?:^|\r\n)content-type:[\t ]*text\/event-stream[\t ]*(?:;|\r\n|$)/i;

/** Relays one answer from an instance to the client as it comes, framed as strictly as a request. */
export class Answer {
  status = 0;
  bytesOut = 0;
  /** Something was received. */
  gotBytes = false;
  /** The client may send another request after this answer. */
  keepsClient = false;
  /** Only the end of the connection tells the client where this answer ends (HTTP/1.0). */
  endsWithClose = false;
  private readonly user: AnswerUser;
  private readonly client: ClientConnection;
  private readonly request: RequestHead;
  /** The bytes of a small read as text, while they are looked at: sent on, and searched, quicker than the buffer. */
  private text = '';
  private pending: Buffer | null = null;
  private head: ResponseHead | null = null;
  private framing: ResponseFraming = 'none';
  private mode: 'same' | 'decoded' | 'wrapped' = 'same';
  private body: Body | null = null;
  private interim = 0;
  private isOver = false;
  private isReusable = false;
  /** Complete, but the client has not taken the last bytes, which are still in the instance's buffer. */
  private isDraining = false;

  constructor(user: AnswerUser, client: ClientConnection, request: RequestHead) {
    this.user = user;
    this.client = client;
    this.request = request;
  }

  /** Server-sent events (WHATWG HTML 9.2), which go on for as long as the instance likes. */
  get isEventStream(): boolean {
    return this.head !== null && this.framing !== 'length' && EVENT_STREAM.test(this.head.lines);
  }

  /** Takes bytes from a buffer that will be used again. False: stop reading until the client has drained. */
  received(buffer: Buffer, length: number): boolean {
    this.gotBytes = true;
    if (this.isOver) return this.surplus();
    if (this.body !== null) return this.relay('', buffer, { start: 0, end: length });
    if (this.pending === null) return this.takeHeads(buffer, length);
    const together = Buffer.concat([this.pending, buffer.subarray(0, length)]);
    this.pending = null;
    return this.takeHeads(together, together.length);
  }

  /** The client has taken what was written. */
  drained(): void {
    if (!this.isDraining) return;
    this.isDraining = false;
    this.user.answerEnded(this.isReusable, this.head!.keepAliveMs);
  }

  /** The instance closed, in order or not: is the answer complete with that? */
  endedByClose(orderly: boolean): boolean {
    if (this.isDraining) {
      this.isReusable = false;
      return true;
    }
    if (!orderly || this.isOver || this.head === null || this.framing !== 'until-close') return false;
    if (this.mode === 'wrapped') this.write(LAST_CHUNK, Buffer.alloc(0), { start: 0, end: 0 });
    this.end(false, true);
    return true;
  }

  private takeHeads(buffer: Buffer, length: number): boolean {
    this.text = length <= STRING_BYTES ? buffer.toString('latin1', 0, length) : '';
    const accepted = this.takeEachHead(buffer, length);
    this.text = '';
    return accepted;
  }

  private takeEachHead(buffer: Buffer, length: number): boolean {
    const { text } = this;
    let start = 0;
    for (;;) {
      const blank = text === '' ? buffer.indexOf('\r\n\r\n', start) : text.indexOf('\r\n\r\n', start);
      if (blank === -1 || blank + 4 > length) return this.keepPartial(buffer, start, length);
      if (blank - start > this.client.plane.limits.headBytes)
        return this.bad(new Refusal(502, 'head too long'));
      const block = text === '' ? buffer.toString('latin1', start, blank + 2) : text.slice(start, blank + 2);
      const head = this.client.lastAnswer.headOf(block, this.client.plane.limits);
      if (head instanceof Refusal) return this.bad(head);
      start = blank + 4;
      if (head.status >= 200) return this.begin(head, buffer, { start, end: length });
      if (head.status === 101) return this.switch(head, buffer.subarray(start, length));
      if (!this.passInterim(head)) return this.bad(new Refusal(502, 'too many interim answers'));
      if (start === length) return true;
    }
  }

  private keepPartial(buffer: Buffer, start: number, length: number): boolean {
    if (length - start > this.client.plane.limits.headBytes)
      return this.bad(new Refusal(502, 'head too long'));
    if (isHopeless(buffer.toString('latin1', start, length))) return this.bad(new Refusal(502, 'bad head'));
    this.pending = Buffer.from(buffer.subarray(start, length));
    return true;
  }

  // 100 is the gateway's own to say: it has answered `Expect` itself.
  private passInterim(head: ResponseHead): boolean {
    if (++this.interim > MAX_INTERIM || head.chunked || head.length > 0) return false;
    if (head.status !== 100 && this.request.minor === 1)
      this.client.socket.write(interimHeadText(head), 'latin1');
    return true;
  }

  private switch(head: ResponseHead, rest: Buffer): boolean {
    const isAsked = this.request.upgrade !== null && head.upgrade === this.request.upgrade;
    if (!isAsked || head.chunked || head.length > 0)
      return this.bad(new Refusal(502, 'unasked change of protocol'));
    this.isOver = true;
    this.user.switched(head, Buffer.from(rest));
    return true;
  }

  private begin(head: ResponseHead, buffer: Buffer, part: { start: number; end: number }): boolean {
    const { method, minor } = this.request;
    const framing = responseFraming(head, method);
    if (framing instanceof Refusal) return this.bad(framing);
    this.head = head;
    this.status = head.status;
    this.framing = framing;
    this.mode = clientFraming(framing, minor);
    this.body = responseBody(framing, head, {
      limits: this.client.plane.limits,
      decode: this.mode === 'decoded',
    });
    this.keepsClient =
      this.request.keepAlive && !this.client.plane.isRetired && !endsWithClose(framing, minor);
    this.user.answerBegan(head.status);
    return this.relay(
      this.client.lastAnswer.textOf(head, framing, { minor, keepAlive: this.keepsClient }),
      buffer,
      part,
    );
  }

  private relay(text: string, buffer: Buffer, part: { start: number; end: number }): boolean {
    const body = this.body!;
    const end = body.feed(buffer, part.start, part.end);
    if (end instanceof Refusal) return this.bad(end);
    const accepted = this.pass(text, buffer, part.start);
    if (body.isDone) this.end(end === part.end, accepted);
    else if (this.client.inputEnded) this.client.wait(this.client.plane.limits.halfClosedMs);
    if (!accepted) this.client.wait(this.client.plane.limits.stalledMs);
    return accepted;
  }

  private pass(text: string, buffer: Buffer, start: number): boolean {
    const body = this.body!;
    if (this.mode === 'same') return this.write(text + body.lead, buffer, { start, end: body.safe });
    if (this.mode === 'decoded') return this.passContent(text, buffer, body.contentRanges);
    const length = body.safe - start;
    if (length === 0) return this.write(text, buffer, { start, end: start });
    const taken = this.write(`${text}${length.toString(16)}\r\n`, buffer, { start, end: body.safe });
    this.write('\r\n', buffer, { start, end: start });
    return taken;
  }

  private passContent(text: string, buffer: Buffer, ranges: readonly number[]): boolean {
    let accepted = this.write(text, buffer, { start: 0, end: 0 });
    for (let index = 0; index < ranges.length; index += 2) {
      accepted = this.write('', buffer, { start: ranges[index]!, end: ranges[index + 1]! });
    }
    return accepted;
  }

  private write(text: string, buffer: Buffer, part: { start: number; end: number }): boolean {
    this.bytesOut += text.length + part.end - part.start;
    if (this.text !== '') return writeText(this.client.socket, text + this.text.slice(part.start, part.end));
    return writeTogether(this.client.socket, text, { buffer, start: part.start, end: part.end });
  }

  private end(noSurplus: boolean, accepted: boolean): void {
    const head = this.head!;
    this.isOver = true;
    this.isReusable = noSurplus && head.keepAlive && this.framing !== 'until-close';
    this.isDraining = !accepted;
    if (accepted) this.user.answerEnded(this.isReusable, head.keepAliveMs);
  }

  // Bytes behind a complete answer belong to nobody and must never answer the next request.
  private surplus(): boolean {
    return false;
  }

  private bad(refusal: Refusal): boolean {
    this.isOver = true;
    this.user.answerIsBad(refusal);
    return false;
  }
}
