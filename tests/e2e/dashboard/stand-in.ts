import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { LogLine } from '../../../src/core/contracts/index.ts';
import type { ChangeEnd, Me, Overview, PipelineLine } from '../../../src/server/api/types.ts';
import type { ChangeResult, Progress } from '../../../src/server/control-plane.ts';

/** What the real server sends with every page (`src/server/api/page-door.ts`; a test compares them). */
export const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Who looks, unless a test says otherwise: somebody who may do everything. */
const OWNER: Me = {
  ...{ name: 'owner', kind: 'owner', token: null, expiresAt: null },
  grants: [{ role: 'admin', environment: '*' }],
};

type Line =
  | Progress
  | PipelineLine
  | LogLine
  | ({ type: 'result' } & ChangeResult & Pick<ChangeEnd, 'approval'>)
  | { error: object };

/** A change, or something to show, that the page asked for: its answer is written by the test, line by line. */
export interface Asked {
  path: string;
  /** What stands behind `?`. */
  search: Record<string, string>;
  body: unknown;
  /** Progress, as the real server sends it. */
  line: (line: Line) => void;
  end: () => void;
  /** Whether the page still waits for the answer. */
  isAwaited: () => boolean;
  /** The whole answer of a route without progress. */
  json: (status: number, body: object) => void;
  cut: () => void;
}

/** Speaks the API to a page: pictures and events when the test says so, all else kept for the test to answer. */
export class StandIn {
  readonly folder: string;
  private readonly server: http.Server;
  private readonly streams = new Set<http.ServerResponse>();
  private readonly waiting: { ending: string; take: (asked: Asked) => void }[] = [];
  private readonly asked: Asked[] = [];
  /** Answers that need no test to write them, by the end of the path. */
  readonly standing = new Map<string, (body: unknown) => object>([['/api/me', () => OWNER]]);
  private current: Overview;
  /** Answers that the stream gives instead of pictures. */
  refusal: number | null = null;
  /** How often the stream was asked for. */
  calls = 0;

  constructor(folder: string, first: Overview) {
    this.folder = folder;
    this.current = first;
    this.server = http.createServer((request, response) => void this.answer(request, response));
  }

  async listen(port = 0): Promise<string> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  show(overview: Overview): void {
    this.current = overview;
    this.send('overview', overview);
  }

  tell(event: Overview['events'][number]): void {
    this.send('event', event);
  }

  /** Ends every stream, as a server that is killed does. */
  cutStreams(): void {
    for (const stream of this.streams) stream.destroy();
  }

  /** The next thing that the page asks for, of those whose path ends like this. */
  nextAsked(ending = ''): Promise<Asked> {
    const index = this.asked.findIndex(({ path }) => path.endsWith(ending));
    if (index >= 0) return Promise.resolve(this.asked.splice(index, 1)[0]!);
    return new Promise((take) => this.waiting.push({ ending, take }));
  }

  /** How many things were asked for and not looked at. */
  get unseen(): number {
    return this.asked.length;
  }

  private send(event: string, data: unknown): void {
    for (const stream of this.streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('x-content-type-options', 'nosniff');
    const { pathname, searchParams } = new URL(request.url!, 'http://page');
    if (pathname === '/api/stream') return this.stream(response);
    if (request.method === 'POST' || pathname.startsWith('/api/'))
      return this.keep({ pathname, searchParams }, request, response);
    const file = path.join(this.folder, path.posix.normalize(pathname));
    const found = pathname !== '/' && existsSync(file) ? file : path.join(this.folder, 'index.html');
    response.setHeader('content-type', TYPES[path.extname(found)]!);
    createReadStream(found).pipe(response);
  }

  private stream(response: http.ServerResponse): void {
    this.calls += 1;
    if (this.refusal !== null) {
      response.writeHead(this.refusal, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    this.streams.add(response);
    response.once('close', () => this.streams.delete(response));
    response.write(`event: overview\ndata: ${JSON.stringify(this.current)}\n\n`);
  }

  private async keep(
    { pathname, searchParams }: Pick<URL, 'pathname' | 'searchParams'>,
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ): Promise<void> {
    let text = '';
    for await (const chunk of request) text += chunk;
    const begin = () =>
      response.headersSent || response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const asked: Asked = {
      path: decodeURI(pathname),
      search: Object.fromEntries(searchParams),
      body: text === '' ? null : JSON.parse(text),
      isAwaited: () => !response.destroyed,
      line(line) {
        begin();
        response.write(`${JSON.stringify(line)}\n`);
      },
      end: () => void response.end(),
      json(status, body) {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      },
      cut: () => void response.destroy(),
    };
    const standing = [...this.standing].find(([ending]) => asked.path.endsWith(ending));
    if (standing !== undefined) return asked.json(200, standing[1](asked.body));
    const index = this.waiting.findIndex(({ ending }) => asked.path.endsWith(ending));
    if (index >= 0) this.waiting.splice(index, 1)[0]!.take(asked);
    else this.asked.push(asked);
  }
}
