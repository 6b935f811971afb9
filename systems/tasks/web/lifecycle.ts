import fastify, { type FastifyInstance } from 'fastify';
import { createDrain, type Drain } from './drain.ts';
import { measure } from './metrics.ts';

/** A service that isn't listening yet; `stopping` aborts when it is told to end. */
export interface Service {
  app: FastifyInstance;
  drain: Drain;
  stopping: AbortController;
}

/** Longer than gateways keep an idle connection (usually 60 s), so that they close it and never meet a closed one. */
const keepAliveTimeout = 75_000;

/** An empty service with probes and metrics. `check` rejects while the service can't work. */
export function createService(check: () => Promise<void> = async () => {}): Service {
  const app = fastify({ keepAliveTimeout, bodyLimit: 64 * 1024, routerOptions: { maxParamLength: 200 } });
  const service = { app, drain: createDrain(app.server), stopping: new AbortController() };
  app.server.prependListener('request', service.drain.follow);
  measure(app);
  app.get('/livez', async () => ({ status: 'OK' }));
  app.get('/readyz', async (_request, reply) => {
    const reason = service.stopping.signal.aborted ? 'stopping' : await problemOf(check);
    return reason === null ? { status: 'OK' } : reply.code(503).send({ status: 'unavailable', reason });
  });
  return service;
}

async function problemOf(check: () => Promise<void>): Promise<string | null> {
  try {
    await check();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Listens on `HOST:PORT`; on SIGTERM or SIGINT finishes what is in flight, at most `DRAIN_SECONDS`, and exits. */
export async function run(name: string, service: Service): Promise<void> {
  const { HOST = '127.0.0.1', PORT = '8000', DRAIN_SECONDS = '25' } = process.env;
  const stop = async (signal: string) => {
    if (service.stopping.signal.aborted) return giveUp(`a second ${signal}`);
    setTimeout(giveUp, Number(DRAIN_SECONDS) * 1000, `not done ${DRAIN_SECONDS} s after ${signal}`).unref();
    await end(service);
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const url = await service.app.listen({ host: HOST, port: Number(PORT) });
  console.log(`${name} listens on ${url}`);
}

/** Serves on until the connections of this moment are done, then closes. */
export async function end({ app, drain, stopping }: Service): Promise<void> {
  stopping.abort();
  await drain.start();
  await drain.stop();
  await app.close().catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_SERVER_NOT_RUNNING') throw error;
  });
}

function giveUp(reason: string): never {
  console.error(`stopped with requests in flight: ${reason}`);
  process.exit(1);
}
