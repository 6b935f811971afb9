import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ListenOptions } from 'node:net';
import { Refusal, sendError } from './answer.ts';
import { refuseBrokenRequest } from './broken-request.ts';
import type { Context } from './context.ts';
import { createDrain } from './drain.ts';
import type { Metrics } from './metrics.ts';
import { createRouter, type Match, pathOf, type Router, routeFor } from './router.ts';
import { isSparedFromFaults } from './routes/faults.ts';
import { allRoutes } from './routes/index.ts';
import { createSockets } from './websocket.ts';

/** The HTTP server of one thread. */
export interface Service {
  /** Resolves with the port once it listens; rejects when it can't. */
  listen: (options: ListenOptions) => Promise<number>;
  /** Resolves when what was in flight at the call is done. New connections are still served, once each. */
  drain: () => Promise<void>;
  /** Stops listening; resolves when the last connection is gone. */
  stop: () => Promise<void>;
}

/** Longer than gateways keep an idle connection (usually 60 s), so that they close it and never meet a closed one. */
const keepAliveTimeout = 75_000;

/** The service, not yet listening. */
export function createService(context: Context, metrics: Metrics): Service {
  const sockets = createSockets(context.flags);
  const server = createServer({ keepAliveTimeout, shouldUpgradeCallback: sockets.wants });
  const drain = createDrain(server);
  const router = createRouter(allRoutes(context));
  server.on('request', (request, response) => {
    const turn: Turn = { request, response, path: '(none)', exception: false };
    drain.follow(request, response);
    observe(turn, metrics);
    void serve(turn, { router, context });
  });
  server.on('upgrade', sockets.accept);
  server.on('clientError', refuseBrokenRequest);
  return {
    listen: (options) => listen(server, options),
    drain: async () => {
      await Promise.all([sockets.close(), drain.start()]);
    },
    stop: drain.stop,
  };
}

/** One request on its way to its answer; `path` and `exception` are what the metrics will say of it. */
interface Turn {
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  exception: boolean;
}

async function serve(turn: Turn, { router, context }: { router: Router; context: Context }): Promise<void> {
  const { request, response } = turn;
  try {
    const match = router(pathOf(request.url ?? ''));
    if (match) turn.path = match.path;
    refuseWhileFaulty(turn, context);
    const { route, parameter } = find(match, request);
    await route.handle({ request, response, parameter });
  } catch (error) {
    answerFailure(turn, error);
  }
}

function find(match: Match | null, request: IncomingMessage) {
  if (match === null) throw new Refusal(404, 'not found');
  return { route: routeFor(match, request.method ?? ''), parameter: match.parameter };
}

function refuseWhileFaulty(turn: Turn, { flags }: Context): void {
  if (!flags.faults || isSparedFromFaults(turn.path)) return;
  turn.exception = true;
  throw new Refusal(500, 'a fault was injected');
}

/** A `Refusal` is the client's to know; a client that left is nobody's fault; anything else is a bug, and is logged. */
function answerFailure(turn: Turn, error: unknown): void {
  const { request, response } = turn;
  if (error instanceof Refusal) {
    sendError(response, error.status, error);
    return;
  }
  if (request.destroyed && !request.complete) return;
  turn.exception = true;
  console.error(error);
  sendError(response, 500, new Refusal(500, 'internal error'));
}

/** nginx' status for a client that left before its answer began. */
const clientClosedRequest = 499;

function observe(turn: Turn, metrics: Metrics): void {
  const began = performance.now();
  turn.response.once('close', () => {
    metrics.record({
      method: turn.request.method ?? '',
      path: turn.path,
      status: turn.response.headersSent ? turn.response.statusCode : clientClosedRequest,
      seconds: (performance.now() - began) / 1000,
      exception: turn.exception,
    });
  });
}

function listen(server: Server, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('the server has no port');
      resolve(address.port);
    });
  });
}
