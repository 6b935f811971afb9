import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import tls from 'node:tls';
import { EscaleError } from '../core/errors/index.ts';
import { connectWeb } from './web-client.ts';

const TOKEN = 'esc_a-token';
const NEVER = new AbortController().signal;

const isError = (code: string) => (error: unknown) => error instanceof EscaleError && error.code === code;

async function listen(t: TestContext, server: http.Server | https.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** A server and what it was asked. */
async function serve(t: TestContext, answer: http.RequestListener) {
  const asked: { url: string; host: string; authorization: string | undefined }[] = [];
  const server = http.createServer((request, response) => {
    const { host = '', authorization } = request.headers;
    asked.push({ url: request.url!, host, authorization });
    answer(request, response);
  });
  const port = await listen(t, server);
  return { asked, port, client: connectWeb({ url: `http://escale.localhost:${port}`, token: TOKEN }) };
}

test('a call carries the token, to a name of this machine that no resolver knows', async (t) => {
  const { asked, port, client } = await serve(t, (_request, response) => response.end('{"a":1}'));
  assert.deepEqual(await client.call('GET', '/api/me'), { a: 1 });
  const host = `escale.localhost:${port}`;
  assert.deepEqual(asked, [{ url: '/api/me', host, authorization: `Bearer ${TOKEN}` }]);
});

test('lines come as they are sent; what ends too early is a side that is away', async (t) => {
  const { client } = await serve(t, (_request, response) => {
    response.write('{"line":1}\n');
    response.write('{"line":2}\n', () => response.destroy());
  });
  const lines: unknown[] = [];
  await assert.rejects(async () => {
    for await (const line of client.lines('/api/logs', NEVER, {})) lines.push(line);
  }, isError('process-away'));
  assert.deepEqual(lines, [{ line: 1 }, { line: 2 }]);
});

test('errors of the other side arrive as what they were', async (t) => {
  const { client } = await serve(t, (_request, response) => {
    const error = { code: 'access-denied', message: 'ada is no deployer', place: null, next: 'Ask.' };
    response.writeHead(403).end(JSON.stringify({ error }));
  });
  await assert.rejects(client.call('POST', '/api/x', {}), isError('access-denied'));
});

for (const status of [301, 302, 303, 307, 308])
  test(`the token is not sent on to where a ${status} points`, async (t) => {
    const other = await serve(t, (_request, response) => response.end('{}'));
    const { client } = await serve(t, (_request, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${other.port}/` }).end();
    });
    await assert.rejects(client.call('POST', '/api/x', {}), isError('login-refused'));
    await assert.rejects(async () => {
      for await (const _ of client.lines('/api/x', NEVER));
    }, isError('login-refused'));
    assert.deepEqual(other.asked, []);
  });

for (const [status, code] of [
  [502, 'process-away'],
  [503, 'process-away'],
  [504, 'process-away'],
  [200, 'login-refused'],
  [404, 'login-refused'],
] as const)
  test(`a page with status ${status} is no answer of Escale: ${code}`, async (t) => {
    const { client } = await serve(t, (_request, response) =>
      response.writeHead(status).end('<!doctype html>'),
    );
    await assert.rejects(client.call('GET', '/api/me'), isError(code));
  });

test('where nobody listens, it is away', async (t) => {
  const server = http.createServer();
  const port = await listen(t, server);
  await new Promise((resolve) => server.close(resolve));
  const client = connectWeb({ url: `http://127.0.0.1:${port}`, token: TOKEN });
  await assert.rejects(client.call('GET', '/api/me'), isError('process-away'));
});

test('a certificate is verified before the token is sent', async (t) => {
  const files = certificate(t);
  if (files === null) return t.skip('no openssl here');
  const asked: string[] = [];
  const server = https.createServer(files, (request, response) => {
    asked.push(request.headers.authorization ?? '');
    response.end('{"a":1}');
  });
  const port = await listen(t, server);
  const client = connectWeb({ url: `https://escale.localhost:${port}`, token: TOKEN });
  await assert.rejects(client.call('GET', '/api/me'), isError('login-refused'));
  assert.deepEqual(asked, []);
  const trusted = tls.getCACertificates();
  tls.setDefaultCACertificates([...trusted, files.cert]);
  t.after(() => tls.setDefaultCACertificates(trusted));
  assert.deepEqual(await client.call('GET', '/api/me'), { a: 1 });
  const wrongName = connectWeb({ url: `https://other.localhost:${port}`, token: TOKEN });
  await assert.rejects(wrongName.call('GET', '/api/me'), isError('login-refused'));
  assert.deepEqual(asked, [`Bearer ${TOKEN}`]);
});

/** One for `escale.localhost`, signed by itself. */
function certificate(t: TestContext): { key: string; cert: string } | null {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-web-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name));
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const name = ['-subj', '/CN=escale.localhost', '-addext', 'subjectAltName=DNS:escale.localhost'];
  try {
    execFileSync('openssl', [...request, ...name, '-keyout', key!, '-out', cert!], { stdio: 'ignore' });
  } catch {
    return null;
  }
  return { key: readFileSync(key!, 'utf8'), cert: readFileSync(cert!, 'utf8') };
}
