import type { Limits } from '../limits.ts';
import { ChunkedBody } from './chunked.ts';
import { Refusal } from './refusal.ts';
import type { RequestHead } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';

/**
 * Follows a body as its bytes pass. After `feed` gave the index where the body (or the buffer) ends, `lead` and
 * then the bytes up to `safe` may be sent on.
 */
export interface Body {
  readonly lead: string;
  readonly safe: number;
  readonly isDone: boolean;
  /** Bytes of content so far, without chunk framing. */
  readonly content: number;
  /** Pairs of indices of content in the last fed bytes (chunked bodies that are decoded). */
  readonly contentRanges: readonly number[];
  feed(buffer: Buffer, start: number, end: number): number | Refusal;
}

/** A body of known length, or with an infinite one: until the connection closes. */
export class LengthBody implements Body {
  readonly lead = '';
  readonly contentRanges: readonly number[] = [];
  safe = 0;
  content = 0;
  private remaining: number;

  constructor(length: number) {
    this.remaining = length;
  }

  get isDone(): boolean {
    return this.remaining === 0;
  }

  feed(_buffer: Buffer, start: number, end: number): number {
    const taken = Math.min(this.remaining, end - start);
    this.remaining -= taken;
    this.content += taken;
    this.safe = start + taken;
    return this.safe;
  }
}

/** The body that follows `head`; null: none. */
export function requestBody(head: RequestHead, limits: Limits): Body | null | Refusal {
  if (head.chunked) return new ChunkedBody(limits);
  if (head.length > limits.bodyBytes) return new Refusal(413, 'body too large');
  return head.length > 0 ? new LengthBody(head.length) : null;
}

export type ResponseFraming = 'none' | 'length' | 'chunked' | 'until-close';

/** How the body of a final answer to `method` is delimited (RFC 9112, 6.3). */
export function responseFraming(head: ResponseHead, method: string): ResponseFraming | Refusal {
  if (head.status === 204 && (head.chunked || head.length > 0)) return new Refusal(502, '204 with a body');
  if (method === 'HEAD' || head.status === 204 || head.status === 304) return 'none';
  if (head.chunked) return 'chunked';
  return head.length === -1 ? 'until-close' : 'length';
}

/** Follows a response body; `decode`: its content is wanted without chunk framing. */
export function responseBody(
  framing: ResponseFraming,
  head: ResponseHead,
  rules: { limits: Limits; decode: boolean },
): Body {
  if (framing === 'chunked') return new ChunkedBody(rules.limits, rules.decode);
  if (framing === 'until-close') return new LengthBody(Number.POSITIVE_INFINITY);
  return new LengthBody(framing === 'none' ? 0 : head.length);
}
