/** An HTTP/1.1 answer, complete. */
export interface Answer {
  status: number;
  body: Buffer;
  /** Whether the connection may carry another request. */
  keepAlive: boolean;
}

/** Reads one answer from the bytes of a connection. Throws an `Error` on bytes that are no valid HTTP/1.1. */
export class AnswerReader {
  #pending: Buffer = Buffer.alloc(0);
  #head: Head | null = null;
  #body: Buffer[] = [];
  #missing = 0;
  #chunk: 'size' | 'data' | 'end' | 'trailer' = 'size';

  /** The answer when these bytes complete it, else null. */
  push(bytes: Buffer): Answer | null {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (this.#head === null) {
      const head = this.#takeHead();
      if (head === null) return null;
      if (head.status >= 200) this.#begin(head);
    }
    const complete = this.#head.framing === 'chunked' ? this.#readChunks() : this.#readPlain();
    return complete ? this.#answer(this.#head) : null;
  }

  /** The answer when the end of the connection completes it (a body without length), else null. */
  end(): Answer | null {
    return this.#head?.framing === 'until-close' ? this.#answer(this.#head) : null;
  }

  #takeHead(): Head | null {
    const end = this.#pending.indexOf('\r\n\r\n');
    if (end < 0) return null;
    const head = parseHead(this.#pending.toString('latin1', 0, end));
    this.#pending = this.#pending.subarray(end + 4);
    return head;
  }

  #begin(head: Head): void {
    this.#head = head;
    this.#missing = head.framing === 'length' ? head.length : Number.POSITIVE_INFINITY;
    if (head.framing === 'chunked') this.#missing = 0;
  }

  #readPlain(): boolean {
    this.#takeBody();
    return this.#missing === 0;
  }

  #takeBody(): void {
    const part = this.#pending.subarray(0, Math.min(this.#missing, this.#pending.length));
    if (part.length > 0) this.#body.push(part);
    this.#missing -= part.length;
    this.#pending = this.#pending.subarray(part.length);
  }

  #readChunks(): boolean {
    for (;;) {
      if (this.#chunk === 'data') {
        this.#takeBody();
        if (this.#missing > 0) return false;
        this.#chunk = 'end';
      }
      const line = this.#takeLine();
      if (line === null) return false;
      if (this.#chunk === 'trailer' && line === '') return true;
      if (this.#chunk === 'end') {
        if (line !== '') throw new Error('a chunk is longer than it said');
        this.#chunk = 'size';
      } else if (this.#chunk === 'size') {
        this.#missing = parseChunkSize(line);
        this.#chunk = this.#missing === 0 ? 'trailer' : 'data';
      }
    }
  }

  #takeLine(): string | null {
    const end = this.#pending.indexOf('\r\n');
    if (end < 0) return null;
    const line = this.#pending.toString('latin1', 0, end);
    this.#pending = this.#pending.subarray(end + 2);
    return line;
  }

  #answer({ status, keepAlive, framing }: Head): Answer {
    if (this.#pending.length > 0) throw new Error('bytes after the end of the answer');
    return { status, body: Buffer.concat(this.#body), keepAlive: keepAlive && framing !== 'until-close' };
  }
}

interface Head {
  status: number;
  keepAlive: boolean;
  framing: 'length' | 'chunked' | 'until-close';
  length: number;
}

function parseHead(text: string): Head {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})( |$)/.exec(statusLine)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) throw new Error(`not a status line: ${statusLine.slice(0, 80)}`);
  const headers = new Map(lines.map(splitHeader));
  const length = headers.get('content-length');
  if (length !== undefined && !/^\d+$/.test(length)) throw new Error(`not a length: ${length}`);
  const bare = status < 200 || status === 204 || status === 304;
  const chunked = headers.get('transfer-encoding') === 'chunked';
  if (chunked && length !== undefined) throw new Error('a length and chunks');
  const framing = chunked && !bare ? 'chunked' : bare || length !== undefined ? 'length' : 'until-close';
  const keepAlive = headers.get('connection')?.toLowerCase() !== 'close';
  return { status, keepAlive, framing, length: bare ? 0 : Number(length ?? 0) };
}

function splitHeader(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  if (colon < 1) throw new Error(`not a header: ${line.slice(0, 80)}`);
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function parseChunkSize(line: string): number {
  const size = /^[0-9a-f]{1,8}/i.exec(line)?.[0];
  if (size === undefined) throw new Error(`not a chunk size: ${line.slice(0, 80)}`);
  return Number.parseInt(size, 16);
}
