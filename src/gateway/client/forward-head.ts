import type { ResponseFraming } from '../framing/body.ts';
import type { RequestHead } from '../framing/request-head.ts';
import type { ResponseHead } from '../framing/response-head.ts';
import type { RouteMatch } from '../routing/routes.ts';
import { persistenceLine } from './own-answer.ts';

export interface Forwarding {
  match: RouteMatch;
  clientAddress: string;
  protocol: 'http' | 'https';
}

/**
 * The head that an instance gets: the client's lines, then what the gateway knows for certain. Without the id of the
 * request, which differs each time, and without the empty line.
 */
export function requestHeadText(head: RequestHead, forwarding: Forwarding): string {
  const { match } = forwarding;
  const host = head.host === null ? 'Host: localhost\r\n' : '';
  const forwardedHost = head.host === null ? '' : `X-Forwarded-Host: ${head.host}\r\n`;
  const prefix = match.prefix === '' ? '' : `X-Forwarded-Prefix: ${match.prefix}\r\n`;
  const trailers = head.takesTrailers ? 'TE: trailers\r\n' : '';
  const connection =
    head.upgrade === null ? connectionLine(trailers) : `Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n`;
  return (
    `${head.method} ${match.target} HTTP/1.1\r\n${host}${head.lines}${bodyLine(head)}` +
    `X-Forwarded-For: ${forwarding.clientAddress}\r\nX-Forwarded-Proto: ${forwarding.protocol}\r\n` +
    `${forwardedHost}${prefix}${trailers}${connection}`
  );
}

// Said anew: an instance's parser need not understand every spelling that ours does.
function bodyLine(head: RequestHead): string {
  if (head.chunked) return 'Transfer-Encoding: chunked\r\n';
  return head.length === -1 ? '' : `Content-Length: ${head.length}\r\n`;
}

function connectionLine(trailers: string): string {
  return trailers === '' ? '' : 'Connection: TE\r\n';
}

export interface ClientTerms {
  minor: 0 | 1;
  keepAlive: boolean;
}

/** How the body reaches the client: as it comes, decoded for HTTP/1.0, or wrapped into chunks. */
export function clientFraming(framing: ResponseFraming, minor: 0 | 1): 'same' | 'decoded' | 'wrapped' {
  if (framing === 'chunked' && minor === 0) return 'decoded';
  return framing === 'until-close' && minor === 1 ? 'wrapped' : 'same';
}

/** Must the connection to the client close to end this answer? */
export function endsWithClose(framing: ResponseFraming, minor: 0 | 1): boolean {
  return minor === 0 && (framing === 'chunked' || framing === 'until-close');
}

/** The head that the client gets. */
export function responseHeadText(head: ResponseHead, framing: ResponseFraming, client: ClientTerms): string {
  return (
    `HTTP/1.1 ${head.status} ${head.reason}\r\n${head.lines}${framingLine(head, framing, client.minor)}` +
    `${persistenceLine(client.keepAlive, client.minor)}\r\n`
  );
}

function framingLine(head: ResponseHead, framing: ResponseFraming, minor: 0 | 1): string {
  if (framing === 'chunked' || framing === 'until-close')
    return minor === 1 ? 'Transfer-Encoding: chunked\r\n' : '';
  return head.length === -1 || head.status === 204 ? '' : `Content-Length: ${head.length}\r\n`;
}

/** An interim answer (103 Early Hints) for the client. */
export function interimHeadText(head: ResponseHead): string {
  return `HTTP/1.1 ${head.status} ${head.reason}\r\n${head.lines}\r\n`;
}

/** The 101 that hands the connection over. */
export function switchHeadText(head: ResponseHead, protocol: string): string {
  return `HTTP/1.1 101 ${head.reason}\r\n${head.lines}Connection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;
}
