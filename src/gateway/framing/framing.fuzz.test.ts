import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_LIMITS } from '../limits.ts';
import { exchange, exchangeAfter, rawClient, statuses } from '../testing/raw.ts';
import { type Recorder, startRecorder } from '../testing/recorder.ts';
import { HOST, instanceAt, isReady, type Stage, startStage } from '../testing/stage.ts';
import { ChunkedBody } from './chunked.ts';
import { Refusal } from './refusal.ts';
import { parseRequestHead } from './request-head.ts';
import { parseResponseHead } from './response-head.ts';

const RUNS = Number(process.env.FUZZ_RUNS ?? 300);
const SEED = process.env.FUZZ_SEED === undefined ? {} : { seed: Number(process.env.FUZZ_SEED) };

/** Pieces that message bytes are mutated with: everything parsers were ever seen to differ on. */
const spice = fc.constantFrom(
  ...[
    '\r',
    '\n',
    '\r\n',
    '\r\n\r\n',
    ' ',
    '\t',
    '\0',
    '\x0b',
    ':',
    ';',
    ',',
    '0',
    '5',
    'f',
    '\xa0',
    '\x7f',
    '"',
    '-',
    '+',
  ],
  ...[
    'Content-Length: 3\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Host: x\r\n',
    'HTTP/1.1',
    'GET / HTTP/1.1\r\n',
    '0\r\n\r\n',
  ],
);
const mutation = fc.record({ at: fc.nat(400), remove: fc.nat(3), insert: fc.oneof(spice, fc.constant('')) });
const mutations = fc.array(mutation, { maxLength: 3 });
const body = fc.string({ maxLength: 40, unit: fc.constantFrom('a', '0', '\r', '\n', ':', ' ', 'G', '\xff') });

interface Sent {
  method: string;
  target: string;
  body: string;
}

const sound = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
  target: fc.constantFrom('/', '/a/b?c=d', '/%41', '/a//b', '/x;y=1?/../z'),
  body,
  cuts: fc.option(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }), { nil: null }),
});

function message(sent: Sent & { cuts: number[] | null }): string {
  const head = `${sent.method} ${sent.target} HTTP/1.1\r\nHost: ${HOST}\r\nX-A: b\r\n`;
  if (sent.cuts === null) return `${head}Content-Length: ${sent.body.length}\r\n\r\n${sent.body}`;
  return `${head}Transfer-Encoding: chunked\r\n\r\n${chunked(sent.body, sent.cuts)}`;
}

function chunked(text: string, cuts: number[]): string {
  let rest = text;
  let out = '';
  for (let index = 0; rest !== ''; index++) {
    const piece = rest.slice(0, cuts[index % cuts.length]!);
    rest = rest.slice(piece.length);
    out += `${piece.length.toString(16)}\r\n${piece}\r\n`;
  }
  return `${out}0\r\n\r\n`;
}

function mutated(text: string, changes: { at: number; remove: number; insert: string }[]): string {
  return changes.reduce((now, { at, remove, insert }) => {
    const place = at % (now.length + 1);
    return now.slice(0, place) + insert + now.slice(place + remove);
  }, text);
}

function split(text: string, points: number[]): string[] {
  const places = [...new Set(points.map((point) => point % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((place, index) => text.slice(place, places[index])).filter((part) => part !== '');
}

describe('framing, fuzzed', () => {
  test('a chunked body is understood alike however it is cut into packets', () => {
    const property = fc.property(
      body,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      mutations,
      fc.array(fc.nat(200)),
      (text, cuts, changes, points) => {
        const bytes = mutated(chunked(text, cuts), changes);
        assert.deepEqual(feedAll(split(bytes, points)), feedAll([bytes]));
      },
    );
    fc.assert(property, { numRuns: RUNS * 10, ...SEED });
  });

  test('a head is refused or gives lines that are read alike again', () => {
    const property = fc.property(sound, mutations, (sent, changes) => {
      const text = mutated(message({ ...sent, body: '', cuts: null }), changes);
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = parseRequestHead(text.slice(0, end + 2), DEFAULT_LIMITS);
      if (head instanceof Refusal) return;
      assert.doesNotMatch(head.lines, /[^\r]\n|\r[^\n]|[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/);
      const again = parseRequestHead(
        `${head.method} ${head.target} HTTP/1.1\r\n${head.lines}`,
        DEFAULT_LIMITS,
      );
      assert.ok(head.host === null || !(again instanceof Refusal));
      if (!(again instanceof Refusal)) assert.equal(again.lines, head.lines);
    });
    fc.assert(property, { numRuns: RUNS * 10, ...SEED });
  });

  test('a response head never throws and never keeps a framing line', () => {
    const start = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\nConnection: close\r\n\r\n';
    const property = fc.property(mutations, (changes) => {
      const text = mutated(start, changes);
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = parseResponseHead(text.slice(0, end + 2), DEFAULT_LIMITS);
      if (head instanceof Refusal) return;
      assert.doesNotMatch(head.lines, /^(?:content-length|transfer-encoding|connection)[ \t]*:/im);
    });
    fc.assert(property, { numRuns: RUNS * 10, ...SEED });
  });

  describe('through a gateway', () => {
    let stage: Stage;
    let recorder: Recorder;

    before(async () => {
      recorder = await startRecorder();
      stage = await startStage({ limits: { lingerMs: 20, sweepMs: 10 } });
      await stage.apply([instanceAt('one', recorder.port)]);
      await stage.event(isReady('one'));
    });

    after(async () => {
      await stage.close();
      await recorder.close();
    });

    test('sound requests, pipelined and cut anywhere, arrive as they were sent', async () => {
      const property = fc.asyncProperty(
        fc.array(sound, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(2_000), { maxLength: 8 }),
        async (all, points) => {
          recorder.forget();
          const bytes = `${all.map(message).join('')}GET /last HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`;
          const answers = statuses(await exchange(stage.port, split(bytes, points)));
          assert.deepEqual(answers, [...all.map(() => 200), 200]);
          const expected = [...all.map((sent) => `${sent.method} ${sent.target} ${sent.body}`), 'GET /last '];
          assert.deepEqual(
            recorder.requests.map(({ method, target, body: got }) => `${method} ${target} ${got}`),
            expected,
          );
        },
      );
      await fc.assert(property, { numRuns: RUNS, ...SEED });
    });

    test("whatever passes is no error for node's strict parser, and no more requests than answers", async () => {
      const property = fc.asyncProperty(
        fc.array(sound, { minLength: 1, maxLength: 3 }),
        mutations,
        async (all, changes) => {
          recorder.forget();
          const client = mutated(all.map(message).join(''), changes);
          const answers = statuses(await exchangeHalfClosed(stage.port, client));
          // A method that node does not know is refused by it, not misread.
          assert.deepEqual(
            recorder.parseErrors.filter((code) => code !== 'HPE_INVALID_METHOD'),
            [],
          );
          assert.equal(recorder.requests.length, answers.filter((status) => status === 200).length);
        },
      );
      await fc.assert(property, { numRuns: RUNS, ...SEED });
    });

    test('a head that is nearly the known one is read as on a connection that knows none', async () => {
      const known = `GET /a HTTP/1.1\r\nHost: ${HOST}\r\nX-A: b\r\n\r\n`;
      const property = fc.asyncProperty(mutations, async (changes) => {
        const text = `${mutated(known, changes)}GET / HTTP/1.0\r\n\r\n`;
        const alone = await readBy(() => exchange(stage.port, text));
        const after = await readBy(() => exchangeAfter(known, stage.port, text));
        assert.deepEqual(after.answers, [200, 200, ...alone.answers]);
        assert.deepEqual(after.seen, ['GET /a ', 'GET /a ', ...alone.seen]);
      });
      await fc.assert(property, { numRuns: RUNS, ...SEED });
    });

    async function readBy(send: () => Promise<string>): Promise<{ answers: number[]; seen: string[] }> {
      recorder.forget();
      const answers = statuses(await send());
      const seen = recorder.requests.map(({ method, target, body: got }) => `${method} ${target} ${got}`);
      return { answers, seen };
    }
  });
});

function feedAll(packets: string[]): { passed: string; end: number | string } {
  const chunks = new ChunkedBody(DEFAULT_LIMITS);
  let passed = '';
  let taken = 0;
  for (const packet of packets) {
    if (chunks.isDone) break;
    const bytes = Buffer.from(packet, 'latin1');
    const end = chunks.feed(bytes, 0, bytes.length);
    // What was let through before a refusal depends on the packets; that it is refused must not.
    if (end instanceof Refusal) return { passed: '', end: 'refused' };
    passed += chunks.lead + bytes.toString('latin1', 0, chunks.safe);
    taken += end;
  }
  return { passed, end: chunks.isDone ? taken : 'incomplete' };
}

/** Sends `bytes` and closes the sending half: the gateway must answer what is whole and close. */
async function exchangeHalfClosed(port: number, bytes: string): Promise<string> {
  const client = rawClient(port);
  client.socket.end(bytes, 'latin1');
  const text = await client.closed;
  client.socket.destroy();
  return text;
}
