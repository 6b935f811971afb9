import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Traffic } from '../core/contracts/index.ts';
import { connectGateway, startGateway } from './index.ts';
import { answering, exchange, rawBackend, rawClient, statuses } from './testing/raw.ts';
import { HOST, instanceAt, isReady, SERVICE, startStage, tableOf } from './testing/stage.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = `GET /path?secret=1 HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`;

/** A gateway in a process of its own. */
async function gatewayProcess(folder: string, port: number): Promise<ChildProcess> {
  const index = join(import.meta.dirname, 'index.ts');
  const code = `
    const { startGateway } = await import(${JSON.stringify(index)});
    await startGateway({ http: { port: ${port} }, controlSocket: ${JSON.stringify(join(folder, 'c.sock'))}, tableFile: ${JSON.stringify(join(folder, 'table.json'))} });
    console.log('up');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data');
  return child;
}

/** Resolves when an event of a type has been heard. */
function listenTo(traffic: Traffic): (type: string) => Promise<void> {
  const heard = new Set<string>();
  let wake = () => {};
  traffic.onEvent(({ type }) => {
    heard.add(type);
    wake();
  });
  return async (type) => {
    while (!heard.has(type))
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('the life of a gateway', () => {
  test('killed with -9 it comes back with its table before anybody connects; the supervisor is told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-test-'));
    const backend = await answering(OK);
    const [port, internalPort] = [await freePort(), await freePort()];
    const first = await gatewayProcess(folder, port);
    const traffic = connectGateway({ controlSocket: join(folder, 'c.sock'), retryMs: 10 });
    const hears = listenTo(traffic);
    const internal = [{ service: SERVICE, host: '127.0.0.1', port: internalPort }];
    const applied = await traffic.apply({ ...tableOf(7, [instanceAt('one', backend.port)]), internal });
    assert.deepEqual(applied, { version: 7, problems: [] });
    assert.deepEqual(statuses(await exchange(port, GET)), [200]);
    await hears('connected');
    await hears('readiness');
    first.kill('SIGKILL');
    await once(first, 'exit');
    await hears('lost');
    traffic.close();
    const second = await gatewayProcess(folder, port);
    assert.deepEqual(statuses(await exchange(port, GET)), [200]);
    assert.deepEqual(statuses(await exchange(internalPort, GET)), [200]);
    const again = connectGateway({ controlSocket: join(folder, 'c.sock'), retryMs: 10 });
    assert.equal((await again.status()).version, 7);
    again.close();
    second.kill('SIGKILL');
    await once(second, 'exit');
    await backend.close();
    rmSync(folder, { recursive: true });
  });

  test('the client connects again and sends its last table again; apply waits meanwhile', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-test-'));
    const options = {
      http: { port: 0 },
      controlSocket: join(folder, 'c.sock'),
      tableFile: join(folder, 't.json'),
    };
    const traffic = connectGateway({ controlSocket: options.controlSocket, retryMs: 5 });
    const waiting = traffic.apply(tableOf(1, []));
    const first = await startGateway(options);
    assert.equal((await waiting).version, 1);
    await first.close();
    rmSync(options.tableFile);
    const second = await startGateway(options);
    while ((await traffic.status()).version !== 1);
    traffic.close();
    await second.close();
    rmSync(folder, { recursive: true });
  });

  test('a lower version is ignored and answered with the one that is in force', async () => {
    const stage = await startStage();
    await stage.apply([], {}, { version: 5 });
    assert.deepEqual(await stage.traffic.apply(tableOf(3, [])), { version: 5, problems: [] });
    await stage.close();
  });

  test('a taken internal port is a problem, the rest is applied', async () => {
    const stage = await startStage();
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const free = await freePort();
    const internal = [port, free].map((each) => ({ service: SERVICE, host: '127.0.0.1', port: each }));
    const { problems } = await stage.traffic.apply({ ...tableOf(1, []), internal });
    assert.deepEqual(problems, [
      { code: 'port-taken', service: SERVICE, message: `127.0.0.1:${port}: another process listens there` },
    ]);
    const backend = await answering(OK);
    await stage.traffic.apply({ ...tableOf(2, [instanceAt('one', backend.port)]), internal });
    assert.deepEqual(statuses(await exchange(free, GET)), [200]);
    holder.close();
    await stage.close();
    await backend.close();
  });

  test('a taken public port and a control socket in use reject', async () => {
    const stage = await startStage();
    const [controlSocket, tableFile] = [join(stage.folder, 'other.sock'), join(stage.folder, 'other.json')];
    await assert.rejects(startGateway({ http: { port: stage.port }, controlSocket, tableFile }), {
      code: 'EADDRINUSE',
    });
    const used = { http: { port: 0 }, controlSocket: join(stage.folder, 'control.sock'), tableFile };
    await assert.rejects(startGateway(used), { code: 'EADDRINUSE' });
    assert.equal((await stage.traffic.status()).version, -1);
    await stage.close();
  });

  test('the control socket is private', async () => {
    const stage = await startStage();
    assert.equal(statSync(join(stage.folder, 'control.sock')).mode & 0o777, 0o600);
    await stage.close();
  });

  test('a table file that is no table is complained about and ignored', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-test-'));
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(folder, 't.json'), '{"version": 1, "rou');
    const said: string[] = [];
    const options = {
      http: { port: 0 },
      controlSocket: join(folder, 'c.sock'),
      tableFile: join(folder, 't.json'),
    };
    const gateway = await startGateway({ ...options, log: (_, message) => said.push(message) });
    assert.match(said[0]!, /^table file: /);
    await gateway.close();
    rmSync(folder, { recursive: true });
  });

  test('close lets a request in flight finish, with Connection: close, and ends idle connections', async () => {
    const stage = await startStage({ limits: { lingerMs: 20, sweepMs: 5 } });
    const backend = await rawBackend(() => {});
    await stage.apply([instanceAt('one', backend.port)]);
    await stage.event(isReady('one'));
    const [idle, busy] = [rawClient(stage.port), rawClient(stage.port)];
    busy.socket.write(GET.replace('Connection: close\r\n', ''));
    while (backend.connections.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const closing = stage.close();
    await idle.closed;
    idle.socket.destroy();
    backend.connections[0]!.socket.write(OK);
    assert.match(await busy.closed, /^HTTP\/1\.1 200 OK[\s\S]*Connection: close[\s\S]*ok$/);
    busy.socket.destroy();
    await closing;
    await backend.close();
  });

  test('metrics and access log tell what happened, without the query', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-test-'));
    const stage = await startStage({ accessLog: join(folder, 'access.log') });
    const backend = await answering(OK);
    await stage.apply([instanceAt('one', backend.port)]);
    await exchange(stage.port, GET);
    await exchange(stage.port, GET.replace('GET', 'BREW'));
    await exchange(stage.port, 'nonsense\r\n\r\n');
    const metrics = await stage.traffic.metrics();
    const labels = 'system="app",environment="local",service="web"';
    assert.ok(
      metrics.includes(`escale_gateway_http_requests_total{${labels},method="GET",status="200"} 1\n`),
    );
    assert.ok(
      metrics.includes(`escale_gateway_http_requests_total{${labels},method="OTHER",status="200"} 1\n`),
    );
    assert.ok(metrics.includes(`escale_gateway_http_request_duration_seconds_count{${labels}} 2\n`));
    assert.ok(metrics.includes('escale_gateway_refused_requests_total{status="400"} 1\n'));
    await stage.close();
    await backend.close();
    const lines = readFileSync(join(folder, 'access.log'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { method, host, path, status, service, instance, release, attempts } = lines[0];
    assert.deepEqual(
      { method, host, path, status, service, instance, release, attempts },
      {
        method: 'GET',
        host: HOST,
        path: '/path',
        status: 200,
        service: SERVICE,
        instance: 'one',
        release: 1,
        attempts: 1,
      },
    );
    assert.equal(lines[2].refused, 'bad request line');
    rmSync(folder, { recursive: true });
  });

  test('the access log is rotated by size and bounded in number', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-test-'));
    const { AccessLog } = await import('./telemetry/access-log.ts');
    const { Refusal } = await import('./framing/refusal.ts');
    const log = new AccessLog({ path: join(folder, 'a.log'), maxBytes: 50_000, keep: 2 });
    for (let count = 0; count < 10_000; count++) {
      log.refused('127.0.0.1', new Refusal(400, `number ${count}`));
      // A disk that is slower than the requests loses lines, and counts them: this is not about that.
      if (count % 500 === 0) await log.written();
    }
    await log.close();
    assert.ok(statSync(join(folder, 'a.log.1')).size >= 50_000);
    assert.ok(statSync(join(folder, 'a.log.2')).size >= 50_000);
    assert.throws(() => statSync(join(folder, 'a.log.3')));
    assert.equal(log.lostLines, 0);
    rmSync(folder, { recursive: true });
  });
});
