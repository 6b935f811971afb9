/** Docker's stream of two: a head of 8 bytes (which, 0, 0, 0, length in big endian), then so many bytes. */
const HEAD = 8;
/** Far above what Docker sends; more is not that format. */
const LONGEST = 32 << 20;

export interface Frame {
  stream: 'out' | 'err';
  bytes: Buffer;
}

/** Cuts the pieces of such a stream into its frames. */
export class Frames {
  private rest = Buffer.alloc(0);
  private isPlain = false;

  /** What is no such stream is Docker's own word, and comes back as it is. */
  take(piece: Buffer): { frames: Frame[]; plain: string } {
    if (this.isPlain) return { frames: [], plain: piece.toString() };
    let bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    const frames: Frame[] = [];
    while (bytes.length >= HEAD) {
      const length = bytes.readUInt32BE(4);
      if (bytes[0]! > 2 || bytes.readUIntBE(1, 3) !== 0 || length > LONGEST) {
        this.isPlain = true;
        return { frames, plain: bytes.toString() };
      }
      if (bytes.length < HEAD + length) break;
      frames.push({ stream: bytes[0] === 2 ? 'err' : 'out', bytes: bytes.subarray(HEAD, HEAD + length) });
      bytes = bytes.subarray(HEAD + length);
    }
    this.rest = Buffer.from(bytes);
    return { frames, plain: '' };
  }

  /** What came and is no whole frame. */
  get left(): string {
    return this.rest.toString();
  }
}
