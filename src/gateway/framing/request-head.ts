import type { Limits } from '../limits.ts';
import { type FieldJudge, isToken, parseLength, tokenList, walkFields, withoutFields } from './fields.ts';
import { Refusal } from './refusal.ts';

/** What the gateway needs to know of a request, and the header lines that go on to the instance. */
export interface RequestHead {
  method: string;
  /** Origin form: path and query, begins with `/`. */
  target: string;
  /** HTTP/1.0 or HTTP/1.1. */
  minor: 0 | 1;
  /** As sent, with its port; `null` only from an HTTP/1.0 client. */
  host: string | null;
  keepAlive: boolean;
  /** Bytes of the body, or -1 without a Content-Length. */
  length: number;
  chunked: boolean;
  /** Protocol the client asks to change to, in lower case, or `null`. */
  upgrade: string | null;
  expectsContinue: boolean;
  /** The client's X-Request-Id if it is well-formed. */
  requestId: string | null;
  /** The client takes trailers. */
  takesTrailers: boolean;
  /** Header lines that go on, each with its CRLF: without framing, hop-by-hop and the client's own X-Forwarded-*. */
  lines: string;
}

/**
 * Parses `block`, a latin1 string: request line and field lines, each with its CRLF, without the empty line.
 * Whatever two parsers could read in two ways is refused.
 */
export function parseRequestHead(block: string, limits: Limits): RequestHead | Refusal {
  const lineEnd = block.indexOf('\r\n');
  const first = parseRequestLine(block.slice(0, lineEnd), limits);
  if (first instanceof Refusal) return first;
  const fields = new RequestFields();
  const lines = walkFields(block, lineEnd + 2, limits, fields);
  if (lines instanceof Refusal) return lines;
  return assemble(first, fields, lines);
}

interface RequestLine {
  method: string;
  target: string;
  authority: string | null;
  minor: 0 | 1;
}

const REQUEST_LINE = /^([A-Z][A-Z-]{0,23}) ([\x21-\x7e]+) HTTP\/1\.([01])$/;
const ABSOLUTE_FORM = /^https?:\/\/([^/?#@]+)(\/.*|\?.*|)$/i;

function parseRequestLine(line: string, limits: Limits): RequestLine | Refusal {
  const match = REQUEST_LINE.exec(line);
  if (match === null) return lineRefusal(line);
  const method = match[1]!;
  const target = match[2]!;
  const minor = match[3] === '1' ? 1 : 0;
  if (target.length > limits.targetBytes) return new Refusal(414, 'target too long');
  if (method === 'CONNECT' || method === 'TRACE') return new Refusal(405, 'method not served');
  if (target.charCodeAt(0) === 47) return { method, target, authority: null, minor };
  const absolute = ABSOLUTE_FORM.exec(target);
  if (absolute === null) return new Refusal(400, 'bad request target');
  const rest = absolute[2]!;
  return {
    method,
    target: rest.startsWith('/') ? rest : `/${rest}`,
    authority: absolute[1]!.toLowerCase(),
    minor,
  };
}

function lineRefusal(line: string): Refusal {
  const isOtherVersion = /^[A-Z]+ [\x21-\x7e]+ HTTP\/[0-9]\.[0-9]$/.test(line);
  return isOtherVersion ? new Refusal(505, 'HTTP version not served') : new Refusal(400, 'bad request line');
}

/** Cut on the way to an instance: they belong to one connection, or only the gateway may say them. */
const CUT = new Set([
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'http2-settings',
  'proxy',
  'forwarded',
  'x-real-ip',
  'x-original-url',
  'x-rewrite-url',
]);
const READ = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'upgrade',
  'expect',
  'te',
  'x-request-id',
]);
/** Fields that decide framing, routing or trust: a Connection field may not take them away. */
const NOT_NOMINABLE = new Set(['host', 'content-length', 'transfer-encoding', 'expect', 'connection']);
const CONNECTION_WORDS = new Set([
  'close',
  'keep-alive',
  'upgrade',
  'te',
  'http2-settings',
  'trailer',
  'trailers',
]);

function isJudged(name: string): boolean {
  return READ.has(name) || CUT.has(name) || name.startsWith('x-forwarded') || name.includes('_');
}

/** What the fields say, collected while they are walked. */
class RequestFields implements FieldJudge {
  host: string | null = null;
  length = -1;
  chunked = false;
  connection: string[] = [];
  upgrade: string | null = null;
  expectsContinue = false;
  requestId: string | null = null;
  takesTrailers = false;
  readonly isKnown = isJudged;
  private sawTransferEncoding = false;

  judge(name: string, value: string): boolean | Refusal {
    switch (name) {
      case 'host':
        return this.judgeHost(value);
      case 'content-length':
        return this.judgeLength(value);
      case 'transfer-encoding':
        return this.judgeCoding(value);
      case 'connection':
        return this.judgeConnection(value);
      case 'upgrade':
        return this.judgeUpgrade(value);
      case 'expect':
        return this.judgeExpect(value);
      case 'te':
        this.takesTrailers ||= value.toLowerCase() === 'trailers';
        return false;
      case 'x-request-id':
        return this.judgeRequestId(value);
      default:
        return judgeOther(name);
    }
  }

  private judgeHost(value: string): boolean | Refusal {
    if (this.host !== null) return new Refusal(400, 'more than one Host');
    if (!isHost(value)) return new Refusal(400, 'bad Host');
    this.host = value;
    return true;
  }

  private judgeLength(value: string): boolean | Refusal {
    const length = parseLength(value);
    if (length === null) return new Refusal(400, 'bad Content-Length');
    if (this.length !== -1) return new Refusal(400, 'more than one Content-Length');
    this.length = length;
    return false;
  }

  private judgeCoding(value: string): boolean | Refusal {
    if (this.sawTransferEncoding) return new Refusal(400, 'more than one Transfer-Encoding');
    this.sawTransferEncoding = true;
    if (value.toLowerCase() !== 'chunked') return new Refusal(400, 'unknown Transfer-Encoding');
    this.chunked = true;
    return false;
  }

  private judgeConnection(value: string): boolean | Refusal {
    const words = tokenList(value);
    if (words === null) return new Refusal(400, 'bad Connection');
    if (words.some((word) => NOT_NOMINABLE.has(word)))
      return new Refusal(400, 'Connection names a vital field');
    this.connection.push(...words);
    return false;
  }

  private judgeUpgrade(value: string): boolean | Refusal {
    if (this.upgrade !== null) return new Refusal(400, 'more than one Upgrade');
    this.upgrade = value.toLowerCase();
    return false;
  }

  private judgeExpect(value: string): boolean | Refusal {
    if (value.toLowerCase() !== '100-continue') return new Refusal(417, 'unknown expectation');
    if (this.expectsContinue) return new Refusal(400, 'more than one Expect');
    this.expectsContinue = true;
    return false;
  }

  private judgeRequestId(value: string): boolean {
    if (this.requestId !== null || !/^[A-Za-z0-9._:/+=-]{1,128}$/.test(value)) return false;
    this.requestId = value;
    return true;
  }
}

// CGI-like servers read `_` as `-`, so that such a name would be a second, hidden spelling of a field.
function judgeOther(name: string): boolean | Refusal {
  if (!name.includes('_')) return false;
  const dashed = name.replaceAll('_', '-');
  if (NOT_NOMINABLE.has(dashed)) return new Refusal(400, 'ambiguous field name');
  return !isJudged(dashed);
}

/** A host name, IPv4 address or bracketed IPv6 address, with or without a port. */
export function isHost(value: string): boolean {
  return /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/.test(value);
}

function assemble(first: RequestLine, fields: RequestFields, lines: string): RequestHead | Refusal {
  const { method, minor } = first;
  const refusal = contradiction(first, fields);
  if (refusal !== null) return refusal;
  const isUpgrade = asksForUpgrade(first, fields);
  if (isUpgrade && (fields.chunked || fields.length > 0)) return new Refusal(400, 'upgrade with a body');
  const nominated = fields.connection.filter((word) => !CONNECTION_WORDS.has(word));
  return {
    method,
    target: first.target,
    minor,
    host: fields.host,
    keepAlive: keepsAlive(minor, fields.connection),
    length: fields.length,
    chunked: fields.chunked,
    upgrade: isUpgrade ? fields.upgrade : null,
    expectsContinue: fields.expectsContinue && minor === 1,
    requestId: fields.requestId !== null && !nominated.includes('x-request-id') ? fields.requestId : null,
    takesTrailers: fields.takesTrailers,
    lines: nominated.length === 0 ? lines : withoutFields(lines, new Set(nominated)),
  };
}

function contradiction(first: RequestLine, fields: RequestFields): Refusal | null {
  if (fields.chunked && fields.length !== -1)
    return new Refusal(400, 'Content-Length with Transfer-Encoding');
  if (fields.chunked && first.minor === 0) return new Refusal(400, 'Transfer-Encoding in HTTP/1.0');
  if (fields.host === null && first.minor === 1) return new Refusal(400, 'no Host');
  if (first.authority !== null && first.authority !== fields.host?.toLowerCase()) {
    return new Refusal(400, 'target and Host disagree');
  }
  return null;
}

// h2c and TLS by Upgrade would carry requests past the gateway's eyes: served as if not asked for.
function asksForUpgrade(first: RequestLine, fields: RequestFields): boolean {
  if (fields.upgrade === null || first.minor === 0 || first.method !== 'GET') return false;
  if (!fields.connection.includes('upgrade')) return false;
  const [name = '', version = 'none', ...rest] = fields.upgrade.split('/');
  return (
    isToken(name) && isToken(version) && rest.length === 0 && !['h2c', 'h2', 'http', 'tls'].includes(name)
  );
}

function keepsAlive(minor: 0 | 1, connection: string[]): boolean {
  if (connection.includes('close')) return false;
  return minor === 1 || connection.includes('keep-alive');
}
