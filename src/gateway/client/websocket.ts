/** Follows the frames of one direction of a WebSocket (RFC 6455, 5.2) to know where one ends. */
export class FrameTracker {
  /** The peer has sent its close frame: nothing may follow. */
  sawClose = false;
  private header: number[] = [];
  private payload = 0;

  get atBoundary(): boolean {
    return this.header.length === 0 && this.payload === 0;
  }

  /**
   * Follows `buffer[start, end)`; gives `end`, or with `untilBoundary` the first index where no frame is open.
   */
  feed(buffer: Buffer, range: { start: number; end: number }, untilBoundary = false): number {
    let position = range.start;
    while (position < range.end) {
      if (untilBoundary && this.atBoundary) return position;
      if (this.payload > 0) {
        const taken = Math.min(this.payload, range.end - position);
        this.payload -= taken;
        position += taken;
      } else this.headerByte(buffer[position++]!);
    }
    return position;
  }

  private headerByte(byte: number): void {
    this.header.push(byte);
    if (this.header.length < 2 || this.header.length < headerLength(this.header[1]!)) return;
    this.payload = payloadLength(this.header);
    if ((this.header[0]! & 0x0f) === 8) this.sawClose = true;
    this.header = [];
  }
}

/** A close frame with `code`; towards an instance it must be masked, as from any client. */
export function closeFrame(code: number, masked: boolean): Buffer {
  const payload = [code >> 8, code & 0xff];
  if (!masked) return Buffer.from([0x88, payload.length, ...payload]);
  const mask = Buffer.allocUnsafe(4);
  crypto.getRandomValues(mask);
  return Buffer.from([
    0x88,
    0x80 | payload.length,
    ...mask,
    ...payload.map((byte, index) => byte ^ mask[index]!),
  ]);
}

function headerLength(second: number): number {
  const length = second & 0x7f;
  const extended = length === 126 ? 2 : length === 127 ? 8 : 0;
  return 2 + extended + (second & 0x80 ? 4 : 0);
}

function payloadLength(header: number[]): number {
  const length = header[1]! & 0x7f;
  if (length < 126) return length;
  const digits = header.slice(2, length === 126 ? 4 : 10);
  return digits.reduce((sum, byte) => sum * 256 + byte, 0);
}
