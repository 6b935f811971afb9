import type { Limits } from '../limits.ts';
import { type FieldJudge, parseLength, tokenList, walkFields, withoutFields } from './fields.ts';
import { Refusal } from './refusal.ts';

/** What the gateway needs to know of an instance's answer, and the header lines that go on to the client. */
export interface ResponseHead {
  status: number;
  reason: string;
  /** The instance keeps the connection after this answer. */
  keepAlive: boolean;
  /** Time the instance says it keeps an idle connection, ms; -1 when it says nothing. */
  keepAliveMs: number;
  /** Bytes of the body, or -1 without a Content-Length. */
  length: number;
  chunked: boolean;
  /** Protocol of a 101, in lower case. */
  upgrade: string | null;
  /** Header lines that go on, without those of the connection, Content-Length and Transfer-Encoding. */
  lines: string;
}

const READ = new Set(['content-length', 'transfer-encoding', 'connection', 'upgrade', 'keep-alive']);
const CUT = new Set(['proxy-connection', 'proxy-authenticate', 'te']);
const NOT_NOMINABLE = new Set(['content-length', 'transfer-encoding', 'connection']);
const CONNECTION_WORDS = new Set(['close', 'keep-alive', 'upgrade']);
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5][0-9][0-9])(?: ([\t\x20-\x7e\x80-\xff]*))?$/;

/** Parses the latin1 `block` of a response (status line and fields with their CRLF) as strictly as a request. */
export function parseResponseHead(block: string, limits: Limits): ResponseHead | Refusal {
  const lineEnd = block.indexOf('\r\n');
  const match = STATUS_LINE.exec(block.slice(0, lineEnd));
  if (match === null) return new Refusal(502, 'bad status line');
  const fields = new ResponseFields();
  const lines = walkFields(block, lineEnd + 2, limits, fields);
  if (lines instanceof Refusal) return new Refusal(502, lines.reason);
  const minor = match[1] === '1' ? 1 : 0;
  if (fields.chunked && (fields.length !== -1 || minor === 0))
    return new Refusal(502, 'contradictory framing');
  return {
    status: Number(match[2]),
    reason: match[3] ?? '',
    keepAlive:
      !fields.connection.includes('close') && (minor === 1 || fields.connection.includes('keep-alive')),
    keepAliveMs: fields.keepAliveMs,
    length: fields.length,
    chunked: fields.chunked,
    upgrade: fields.connection.includes('upgrade') ? fields.upgrade : null,
    lines: withoutNominated(lines, fields.connection),
  };
}

function isJudged(name: string): boolean {
  return READ.has(name) || CUT.has(name);
}

class ResponseFields implements FieldJudge {
  length = -1;
  chunked = false;
  connection: string[] = [];
  upgrade: string | null = null;
  keepAliveMs = -1;
  readonly isKnown = isJudged;
  private sawTransferEncoding = false;

  judge(name: string, value: string): boolean | Refusal {
    switch (name) {
      case 'content-length':
        return this.judgeLength(value);
      case 'transfer-encoding':
        return this.judgeCoding(value);
      case 'connection':
        return this.judgeConnection(value);
      case 'upgrade':
        this.upgrade = value.toLowerCase();
        return false;
      case 'keep-alive':
        this.keepAliveMs = keepAliveTime(value);
        return false;
      default:
        return false;
    }
  }

  private judgeLength(value: string): boolean | Refusal {
    const length = parseLength(value);
    if (length === null || this.length !== -1) return new Refusal(502, 'bad Content-Length');
    this.length = length;
    return false;
  }

  private judgeCoding(value: string): boolean | Refusal {
    if (this.sawTransferEncoding || value.toLowerCase() !== 'chunked')
      return new Refusal(502, 'bad Transfer-Encoding');
    this.sawTransferEncoding = true;
    this.chunked = true;
    return false;
  }

  private judgeConnection(value: string): boolean | Refusal {
    const words = tokenList(value);
    if (words === null || words.some((word) => NOT_NOMINABLE.has(word)))
      return new Refusal(502, 'bad Connection');
    this.connection.push(...words);
    return false;
  }
}

function keepAliveTime(value: string): number {
  const match = /(?:^|[\s,])timeout=([0-9]{1,6})/.exec(value);
  return match === null ? -1 : Number(match[1]) * 1000;
}

function withoutNominated(lines: string, connection: string[]): string {
  const nominated = connection.filter((word) => !CONNECTION_WORDS.has(word));
  return nominated.length === 0 ? lines : withoutFields(lines, new Set(nominated));
}
