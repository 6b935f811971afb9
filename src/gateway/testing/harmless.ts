import type { Hostile } from './hostile.ts';

const GET = 'GET / HTTP/1.1\r\nHost: app.localhost\r\n';
const POST = 'POST / HTTP/1.1\r\nHost: app.localhost\r\n';
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: app.localhost\r\n\r\n';
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n`;

/** Strange but with one reading only: they pass, and an instance must see exactly this. */
export const HARMLESS: Hostile[] = [
  {
    name: 'CL.0: the body is a request, and stays a body',
    send: `${POST}Content-Length: ${SMUGGLED.length}\r\nConnection: close\r\n\r\n${SMUGGLED}`,
    answers: [200],
    seen: [`POST / ${SMUGGLED}`],
  },
  {
    name: 'GET with a body that is a request',
    send: `${GET}Content-Length: ${SMUGGLED.length}\r\nConnection: close\r\n\r\n${SMUGGLED}`,
    answers: [200],
    seen: [`GET / ${SMUGGLED}`],
  },
  {
    name: 'a chunk that is a request',
    send: `${CHUNKED}Connection: close\r\n\r\n${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
    answers: [200],
    seen: [`POST / ${SMUGGLED}`],
  },
  {
    name: 'two requests in one packet are two requests',
    send: `${POST}Content-Length: 5\r\n\r\nhello${GET}Connection: close\r\n\r\n`,
    answers: [200, 200],
    seen: ['POST / hello', 'GET / '],
  },
  {
    name: 'a good request, then a bad one',
    send: `${GET}\r\n${POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`,
    answers: [200, 400],
    seen: ['GET / '],
  },
  {
    name: 'bytes behind a body of length zero begin the next request, of an unknown method',
    send: `${POST}Content-Length: 0\r\n\r\nx${GET}\r\n`,
    answers: [200, 400],
    seen: ['POST / '],
  },
  {
    name: 'h2c is not upgraded to',
    send: `${GET}Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n`,
    answers: [200],
    seen: ['GET / '],
  },
  {
    name: 'Expect with the body already there (CL.0 by Expect)',
    send: `${POST}Expect: 100-continue\r\nContent-Length: ${SMUGGLED.length}\r\nConnection: close\r\n\r\n${SMUGGLED}`,
    answers: [200],
    seen: [`POST / ${SMUGGLED}`],
  },
  {
    name: 'a size line, a chunk and its end cut everywhere',
    send: [
      `${CHUNKED}Connection: close\r\n`,
      '\r',
      '\n',
      '5',
      '\r',
      '\nhel',
      'lo',
      '\r',
      '\n0',
      '\r',
      '\n\r',
      '\n',
    ],
    answers: [200],
    seen: ['POST / hello'],
  },
  {
    name: 'absolute target that agrees with Host',
    send: 'GET http://APP.localhost/x?y HTTP/1.1\r\nHost: app.localhost\r\nConnection: close\r\n\r\n',
    answers: [200],
    seen: ['GET /x?y '],
  },
  {
    name: 'TRANSFER-ENCODING: CHUNKED with blanks around',
    send: `${POST}TRANSFER-ENCODING: \t CHUNKED \t \r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    answers: [200],
    seen: ['POST / hello'],
  },
];
