import type { Limits } from '../limits.ts';
import { isHopeless, walkFields } from './fields.ts';
import { Refusal } from './refusal.ts';

type State = 'size' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailer' | 'done';

/** Eight hex digits: chunks under 4 GiB, leading zeros included, so that no parser's counter overflows. */
const SIZE_DIGITS = 8;

/**
 * Follows a chunked body byte for byte and lets its bytes through unchanged, but a size line or a trailer
 * section only when it is whole and good. Chunk extensions are refused: nobody needs them, and parsers differ.
 * After `feed`, `lead` and then the bytes up to `safe` may be sent on.
 */
export class ChunkedBody {
  /** Earlier bytes that became sendable with the last `feed`. */
  lead = '';
  /** Index up to which the last fed bytes may be sent on. */
  safe = 0;
  /** Bytes of content so far. */
  content = 0;
  /** Pairs of indices of content in the last fed bytes, when made with `wantsContent`. */
  readonly contentRanges: number[] = [];
  private readonly limits: Limits;
  private readonly wantsContent: boolean;
  private state: State = 'size';
  private size = 0;
  private digits = 0;
  private held = '';
  private trailer = '';

  constructor(limits: Limits, wantsContent = false) {
    this.limits = limits;
    this.wantsContent = wantsContent;
  }

  get isDone(): boolean {
    return this.state === 'done';
  }

  /** Takes `buffer[start, end)`; gives the index after the last byte that belongs to this body. */
  feed(buffer: Buffer, start: number, end: number): number | Refusal {
    this.contentRanges.length = 0;
    this.safe = start;
    let position = start;
    while (position < end && !this.isDone) {
      const next = this.step(buffer, position, end);
      if (next instanceof Refusal) return next;
      position = next;
      if (this.isBetweenLines) this.safe = position;
    }
    this.keepControlBytes(buffer, start, position);
    return position;
  }

  // Not inside a size line, the end of a chunk or a trailer section, which pass whole or not at all.
  private get isBetweenLines(): boolean {
    const { state } = this;
    return (
      state === 'data' || state === 'data-cr' || state === 'done' || (state === 'size' && this.digits === 0)
    );
  }

  private step(buffer: Buffer, position: number, end: number): number | Refusal {
    switch (this.state) {
      case 'size':
        return this.sizeByte(buffer[position]!, position);
      case 'size-lf':
        return this.sizeEnd(buffer[position]!, position);
      case 'data':
        return this.data(position, end);
      case 'data-cr':
        this.state = 'data-lf';
        return buffer[position] === 13 ? position + 1 : new Refusal(400, 'chunk longer than its size');
      case 'data-lf':
        this.state = 'size';
        return buffer[position] === 10 ? position + 1 : new Refusal(400, 'bad end of chunk');
      default:
        return this.trailerBytes(buffer, position, end);
    }
  }

  private sizeByte(byte: number, position: number): number | Refusal {
    if (byte === 13 && this.digits > 0) {
      this.state = 'size-lf';
      return position + 1;
    }
    const digit = hexDigit(byte);
    if (digit < 0 || ++this.digits > SIZE_DIGITS) return new Refusal(400, 'bad chunk size');
    this.size = this.size * 16 + digit;
    return position + 1;
  }

  private sizeEnd(byte: number, position: number): number | Refusal {
    if (byte !== 10) return new Refusal(400, 'bad end of chunk size');
    this.state = this.size === 0 ? 'trailer' : 'data';
    this.digits = 0;
    return position + 1;
  }

  private data(position: number, end: number): number {
    const length = Math.min(this.size, end - position);
    if (this.wantsContent) this.contentRanges.push(position, position + length);
    this.content += length;
    this.size -= length;
    if (this.size === 0) this.state = 'data-cr';
    return position + length;
  }

  private trailerBytes(buffer: Buffer, position: number, end: number): number | Refusal {
    const before = this.trailer.length;
    this.trailer += buffer.toString(
      'latin1',
      position,
      Math.min(end, position + this.limits.trailerBytes + 4),
    );
    const isEmpty = this.trailer.startsWith('\r\n');
    const blank = isEmpty ? -2 : this.trailer.indexOf('\r\n\r\n');
    if (blank === -1) return this.trailerSoFar(position + this.trailer.length - before);
    const refusal = isEmpty ? null : judgeTrailer(this.trailer.slice(0, blank + 2), this.limits);
    if (refusal !== null) return refusal;
    this.state = 'done';
    return position + blank + 4 - before;
  }

  private trailerSoFar(position: number): number | Refusal {
    if (this.trailer.length > this.limits.trailerBytes) return new Refusal(431, 'trailer too long');
    return isHopeless(this.trailer) ? new Refusal(400, 'bad trailer') : position;
  }

  private keepControlBytes(buffer: Buffer, start: number, end: number): void {
    const rest = this.safe < end ? buffer.toString('latin1', this.safe, end) : '';
    const released = this.safe > start;
    this.lead = released ? this.held : '';
    this.held = released ? rest : this.held + rest;
  }
}

/** A trailer must not say anything that a head decides. */
const FORBIDDEN_IN_TRAILER = new Set([
  'transfer-encoding',
  'content-length',
  'host',
  'connection',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'content-type',
  'content-encoding',
  'content-range',
  'authorization',
  'cookie',
  'set-cookie',
  'cache-control',
  'location',
  'x-request-id',
  'proxy',
  'forwarded',
]);

const TRAILER_JUDGE = {
  isKnown: (name: string): boolean =>
    name.includes('_') || name.startsWith('x-forwarded') || FORBIDDEN_IN_TRAILER.has(name),
  judge: (): Refusal => new Refusal(400, 'forbidden trailer'),
};

function judgeTrailer(block: string, limits: Limits): Refusal | null {
  const lines = walkFields(block, 0, limits, TRAILER_JUDGE);
  return lines instanceof Refusal ? lines : null;
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
