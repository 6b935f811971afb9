import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ServiceTraffic } from '../core/contracts/index.ts';
import { answering, exchange, type RawBackend, rawBackend, rawClient, statuses } from './testing/raw.ts';
import {
  HOST,
  instanceAt,
  isReady,
  SERVICE,
  type Stage,
  type StageEvent,
  startStage,
} from './testing/stage.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`;
const POST = `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi`;
const SILENT_PROBES = { path: null, intervalMs: 60_000, timeoutMs: 1_000, failures: 3, stableMs: 0 };

let stage: Stage;
const backends: RawBackend[] = [];

beforeEach(async () => {
  stage = await startStage({ limits: { sweepMs: 10, closeMs: 100, connectMs: 500 } });
});

afterEach(async () => {
  await stage.close();
  await Promise.all(backends.splice(0).map((backend) => backend.close()));
});

async function backend(made: Promise<RawBackend>): Promise<RawBackend> {
  const one = await made;
  backends.push(one);
  return one;
}

async function traffic(): Promise<ServiceTraffic> {
  return (await stage.traffic.status()).services[0]!;
}

function isDrained(id: string): (event: StageEvent) => boolean {
  return (event) => event.type === 'drained' && event.instance === id;
}

describe('readiness', () => {
  test('an instance gets traffic only after its first good probe', async () => {
    let ready = false;
    const one = await backend(
      answering((request) =>
        request.includes('/readyz') && !ready
          ? 'HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'
          : OK.replace('200 OK\r\n', '200 OK\r\nConnection: close\r\n'),
      ),
    );
    one.server.on('connection', (socket) => socket.setNoDelay());
    const probe = { ...SILENT_PROBES, path: '/readyz', intervalMs: 30 };
    await stage.apply([instanceAt('one', one.port)], { probe, hold: { timeoutMs: 1, max: 1 } });
    assert.deepEqual(statuses(await exchange(stage.port, GET)), [503]);
    ready = true;
    for (const { socket } of one.connections) socket.end();
    await stage.event(isReady('one'));
    assert.deepEqual(statuses(await exchange(stage.port, GET)), [200]);
  });

  test('without a path TCP must have been possible for a time', async () => {
    const one = await backend(answering(OK));
    const began = performance.now();
    await stage.apply([instanceAt('one', one.port)], { probe: { ...SILENT_PROBES, stableMs: 150 } });
    await stage.event(isReady('one'));
    assert.ok(performance.now() - began >= 150);
  });

  test('the reason of an instance that is not ready is told', async () => {
    const one = await backend(
      answering('HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
    );
    one.server.on('connection', (socket) => socket.once('data', () => setImmediate(() => socket.end())));
    await stage.apply([instanceAt('one', one.port)], {
      probe: { ...SILENT_PROBES, path: '/readyz', intervalMs: 10 },
    });
    let reason = '';
    while (!reason.includes('503')) reason = (await stage.traffic.status()).instances[0]!.reason;
    assert.equal(reason, 'GET /readyz answered 503');
  });

  test('one that refuses a request is out at once and told, the request goes elsewhere', async () => {
    const [one, two] = [await backend(answering(OK)), await backend(answering(OK))];
    await stage.apply([instanceAt('one', one.port), instanceAt('two', two.port)], { probe: SILENT_PROBES });
    await Promise.all([stage.event(isReady('one')), stage.event(isReady('two'))]);
    await one.close();
    for (let count = 0; count < 4; count++)
      assert.deepEqual(statuses(await exchange(stage.port, POST)), [200]);
    await stage.event(
      (event) => event.type === 'readiness' && event.instance === 'one' && event.readiness === 'unready',
    );
    const { retries, notRetried, gatewayErrors } = await traffic();
    assert.deepEqual({ retries, notRetried, gatewayErrors }, { retries: 1, notRetried: 0, gatewayErrors: 0 });
  });
});

describe('retries (point 6)', () => {
  /** One instance breaks the first connection after a request, the other answers. */
  async function breaking(first: string): Promise<void> {
    let broken = false;
    const serve = (name: string) =>
      rawBackend((client) => {
        if (!broken && name === first) {
          broken = true;
          client.socket.resetAndDestroy();
        } else client.socket.end(OK);
      });
    const one = await backend(serve(first));
    await stage.apply([instanceAt(first, one.port)], { probe: SILENT_PROBES });
    await stage.event(isReady(first));
  }

  test('a GET whose connection is reset before an answer is sent again', async () => {
    await breaking('one');
    assert.deepEqual(statuses(await exchange(stage.port, GET)), [200]);
    assert.equal((await traffic()).retries, 1);
  });

  test('a PUT with a small body is sent again, whole', async () => {
    await breaking('one');
    assert.deepEqual(statuses(await exchange(stage.port, POST.replace('POST', 'PUT'))), [200]);
    assert.match(backends[0]!.connections[1]!.text, /^PUT [\s\S]*\r\n\r\nhi$/);
  });

  test('a POST that was sent is not: 502, once, and counted apart', async () => {
    await breaking('one');
    assert.deepEqual(statuses(await exchange(stage.port, POST)), [502]);
    const { retries, notRetried, gatewayErrors } = await traffic();
    assert.deepEqual({ retries, notRetried, gatewayErrors }, { retries: 0, notRetried: 1, gatewayErrors: 1 });
  });

  test('after the first byte of an answer nothing is sent again', async () => {
    const one = await backend(rawBackend((client) => client.socket.end('HTTP/1.1 200 OK\r\nContent-')));
    await stage.apply([instanceAt('one', one.port)], { probe: SILENT_PROBES });
    await stage.event(isReady('one'));
    assert.deepEqual(statuses(await exchange(stage.port, GET)), [502]);
    assert.equal(one.connections.length, 1);
  });

  test('a closed idle connection is noticed: the next POST gets a new one', async () => {
    const one = await backend(answering(OK));
    await stage.apply([instanceAt('one', one.port)], { probe: SILENT_PROBES });
    await stage.event(isReady('one'));
    const client = rawClient(stage.port);
    client.socket.write(GET.replace('Connection: close\r\n', ''));
    await client.until((text) => text.endsWith('ok'));
    const closed = one.connections[0]!.closed;
    one.connections[0]!.socket.end();
    await closed;
    client.socket.write(POST);
    assert.deepEqual(statuses(await client.closed), [200, 200]);
    assert.equal(one.connections.length, 2);
  });
});

describe('hold (point 7)', () => {
  test('requests wait while no instance is there and go on when one is ready', async () => {
    await stage.apply([]);
    const answers = [GET, POST, GET].map((request) => exchange(stage.port, request));
    while ((await traffic()).held < 3);
    const one = await backend(answering(OK));
    await stage.apply([instanceAt('one', one.port)]);
    for (const text of await Promise.all(answers)) assert.deepEqual(statuses(text), [200]);
  });

  test('they wait no longer than they may, then 503 with Retry-After', async () => {
    await stage.apply([], { hold: { timeoutMs: 30, max: 10 } });
    assert.match(await exchange(stage.port, GET), /^HTTP\/1\.1 503 [\s\S]*Retry-After: 1\r\n/);
  });

  test('no more of them than may', async () => {
    await stage.apply([], { hold: { timeoutMs: 60_000, max: 1 } });
    const first = rawClient(stage.port);
    first.socket.write(GET);
    while ((await traffic()).held < 1);
    assert.deepEqual(statuses(await exchange(stage.port, GET)), [503]);
    first.socket.destroy();
  });

  test('one that goes away while it waits is forgotten', async () => {
    await stage.apply([]);
    const client = rawClient(stage.port);
    client.socket.write(GET);
    while ((await traffic()).held < 1);
    client.socket.resetAndDestroy();
    while ((await traffic()).held > 0);
    assert.match(stage.gateway.metrics(), /status="499"\} 1\n/);
  });

  test('a service that is removed turns its waiting requests away', async () => {
    await stage.apply([]);
    const answer = exchange(stage.port, GET);
    while ((await traffic()).held < 1);
    await stage.apply([], {}, { services: [], routes: [] });
    assert.deepEqual(statuses(await answer), [503]);
  });
});

describe('drain (points 4 and 5)', () => {
  /** An instance that answers only when told to. */
  async function holding(id: string): Promise<RawBackend> {
    const one = await backend(rawBackend(() => {}));
    await stage.apply([instanceAt(id, one.port)]);
    await stage.event(isReady(id));
    return one;
  }

  test('an instance that is out gets nothing new, finishes what it has, then drained is told', async () => {
    const old = await holding('old');
    const slow = exchange(stage.port, GET);
    while (old.connections.length < 1) await new Promise((resolve) => setImmediate(resolve));
    const fresh = await backend(answering(OK));
    await stage.apply([instanceAt('old', old.port), instanceAt('new', fresh.port)]);
    await stage.event(isReady('new'));
    await stage.apply([instanceAt('old', old.port, 'out'), instanceAt('new', fresh.port)]);
    for (let count = 0; count < 5; count++)
      assert.deepEqual(statuses(await exchange(stage.port, POST)), [200]);
    assert.equal(old.connections.length, 1);
    assert.ok(!stage.events.some(isDrained('old')));
    old.connections[0]!.socket.write(OK);
    assert.deepEqual(statuses(await slow), [200]);
    const drained = await stage.event(isDrained('old'));
    assert.deepEqual(drained, {
      type: 'drained',
      instance: 'old',
      service: SERVICE,
      cutRequests: 0,
      closedUpgrades: 0,
    });
    await old.connections[0]!.closed;
  });

  test('what outstays the deadline is cut and counted', async () => {
    const old = await holding('old');
    const slow = exchange(stage.port, POST);
    while (old.connections.length < 1) await new Promise((resolve) => setImmediate(resolve));
    await stage.apply([instanceAt('old', old.port, 'out')], { drain: { requestsMs: 20, upgradesMs: 20 } });
    assert.deepEqual(statuses(await slow), [502]);
    const drained = await stage.event(isDrained('old'));
    assert.equal(drained.type === 'drained' && drained.cutRequests, 1);
  });

  test('an instance that vanishes from the table is drained as well', async () => {
    await holding('old');
    await stage.apply([]);
    await stage.event(isDrained('old'));
  });

  test('one that comes back (rollback) is probed once and used at once', async () => {
    const old = await backend(answering(OK));
    await stage.apply([instanceAt('old', old.port)], { probe: SILENT_PROBES });
    await stage.event(isReady('old'));
    await stage.apply([instanceAt('old', old.port, 'out')], { probe: SILENT_PROBES });
    await stage.event(isDrained('old'));
    await stage.apply([instanceAt('old', old.port)], { probe: SILENT_PROBES });
    assert.deepEqual(statuses(await exchange(stage.port, GET)), [200]);
  });

  test('a finished drain is told again to a supervisor that comes back', async () => {
    await holding('old');
    await stage.apply([instanceAt('old', 1, 'out')]);
    await stage.event(isDrained('old'));
    const other = connect(`${stage.folder}/control.sock`);
    let text = '';
    const { services, version, ...rest } = { version: 2, routes: [], internal: [], services: [] };
    void services;
    other.write(
      `${JSON.stringify({ type: 'apply', table: { version: version - 1, services: [], ...rest } })}\n`,
    );
    await new Promise<void>((resolve) => {
      other.on('data', (chunk) => {
        text += String(chunk);
        if (text.includes('"drained"')) resolve();
      });
    });
    other.destroy();
    assert.ok(text.indexOf('"applied","version":2') < text.indexOf('"drained"'));
  });
});

describe('time limits', () => {
  test('no answer in time is 504', async () => {
    const one = await backend(rawBackend(() => {}));
    await stage.apply([instanceAt('one', one.port)], { responseTimeoutMs: 30 });
    await stage.event(isReady('one'));
    assert.deepEqual(statuses(await exchange(stage.port, POST)), [504]);
  });
});
