import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, AnswerReader } from './answer-reader.ts';

const answers: Record<string, [bytes: string, body: string, keepAlive: boolean]> = {
  'a length': ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'hello', true],
  'chunks with extension and trailer': [
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nX: y\r\n\r\n',
    'hello',
    true,
  ],
  'no body': ['HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n', '', false],
  'an interim answer first': [
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
    'a',
    true,
  ],
};

for (const [what, [bytes, body, keepAlive]] of Object.entries(answers))
  test(`${what}: the same in one piece and byte by byte`, () => {
    assert.deepEqual(readable(new AnswerReader().push(Buffer.from(bytes))), { body, keepAlive });
    const reader = new AnswerReader();
    const pieces = [...bytes].map((byte) => reader.push(Buffer.from(byte)));
    assert.ok(pieces.slice(0, -1).every((piece) => piece === null));
    assert.deepEqual(readable(pieces.at(-1)!), { body, keepAlive });
  });

test('a body without length ends with the connection', () => {
  const reader = new AnswerReader();
  assert.equal(reader.push(Buffer.from('HTTP/1.1 200 OK\r\n\r\nhello')), null);
  assert.deepEqual(readable(reader.end()), { body: 'hello', keepAlive: false });
});

test('what is no answer is refused', () => {
  for (const bytes of [
    'HTTP/1.1 OK\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab',
    'HTTP/1.1 200 OK\r\nno colon\r\n\r\n',
  ])
    assert.throws(() => new AnswerReader().push(Buffer.from(bytes)), bytes);
});

function readable(answer: Answer | null): { body: string; keepAlive: boolean } | null {
  return answer && { body: answer.body.toString(), keepAlive: answer.keepAlive };
}
