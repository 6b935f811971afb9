import { STATUS_TEXT } from './status-text.ts';

export interface OwnAnswer {
  status: number;
  /** One sentence for people; ASCII. */
  message: string;
  /** Complete extra field lines, each with CRLF. */
  fields?: string;
}

/** The whole text of an answer that the gateway gives in its own name. */
export function ownAnswerText(
  answer: OwnAnswer,
  request: { isHead: boolean; keepAlive: boolean; minor: 0 | 1 },
): string {
  const body = `${answer.message}\n`;
  const persistence = persistenceLine(request.keepAlive, request.minor);
  const head =
    `HTTP/1.1 ${answer.status} ${STATUS_TEXT[answer.status] ?? 'Error'}\r\n` +
    'Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n' +
    `Content-Length: ${body.length}\r\nDate: ${new Date().toUTCString()}\r\n${answer.fields ?? ''}${persistence}\r\n`;
  return request.isHead ? head : head + body;
}

/** The Connection line of an answer, if one is needed. */
export function persistenceLine(keepAlive: boolean, minor: 0 | 1): string {
  if (!keepAlive) return 'Connection: close\r\n';
  return minor === 0 ? 'Connection: keep-alive\r\n' : '';
}
