/** Longer lines become several, bytes. */
const LONGEST_LINE = 16 << 10;
const NEWLINE = 10;

/** Cuts the bytes of one stream into lines, wherever chunks and characters of several bytes were torn apart. */
export class LineCutter {
  private rest: Buffer = Buffer.alloc(0);

  /** The lines that end in these bytes; what has no end yet is kept. */
  push(bytes: Uint8Array): string[] {
    const all = Buffer.concat([this.rest, bytes]);
    const lines: string[] = [];
    let start = 0;
    for (let end = all.indexOf(NEWLINE); end >= 0; end = all.indexOf(NEWLINE, start)) {
      lines.push(...piecesOf(all.subarray(start, end)).map(String));
      start = end + 1;
    }
    const pieces = piecesOf(all.subarray(start));
    this.rest = Buffer.from(pieces.pop()!);
    return [...lines, ...pieces.map(String)];
  }

  /** What has no end and will get none: a line, or nothing. */
  end(): string[] {
    const { rest } = this;
    this.rest = Buffer.alloc(0);
    return rest.length === 0 ? [] : [String(rest)];
  }
}

/** At least one piece, each at most as long as a line may be and cut between characters. */
function piecesOf(line: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  while (line.length - start > LONGEST_LINE) {
    const end = characterStart(line, start + LONGEST_LINE);
    pieces.push(line.subarray(start, end));
    start = end;
  }
  return [...pieces, line.subarray(start)];
}

/** The start of the UTF-8 character that a byte belongs to; the byte itself where it belongs to none. */
function characterStart(bytes: Buffer, at: number): number {
  for (let start = at; start > at - 4; start--) if ((bytes[start]! & 0xc0) !== 0x80) return start;
  return at;
}
