import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { EscaleError } from '../../core/errors/index.ts';
import { errorBody } from '../../host/index.ts';
import type { End, Known } from '../access/index.ts';
import type { ChangeResult, Progress } from '../control-plane.ts';

type Change = (tell: (progress: Progress) => void) => Promise<ChangeResult>;

/** Runs a change to its end, also when whoever asked has left; tells each step on a line, the result last. */
export function sendLines(reply: FastifyReply, change: Change): FastifyReply {
  return sendWork(reply, change, endOf);
}

/** The same for what is no change of a system: it succeeds, or says why not. */
export function sendSteps(
  reply: FastifyReply,
  work: (tell: (line: object) => void) => Promise<object>,
): FastifyReply {
  return sendWork(reply, work, () => ({ outcome: 'done', code: null }));
}

function sendWork<Result extends object>(
  reply: FastifyReply,
  work: (tell: (line: object) => void) => Promise<Result>,
  endOf: (result: Result) => End,
): FastifyReply {
  const lines = new Readable({ read() {} });
  const say = (value: unknown) => void (lines.destroyed || lines.push(`${JSON.stringify(value)}\n`));
  reply.request.going = work(say)
    .then((result) => {
      say({ type: 'result', ...result });
      return endOf(result);
    })
    .catch((error: unknown): End => {
      const body = bodyOf(error, reply.request.known);
      say({ error: body });
      return { outcome: 'failed', code: body.code };
    })
    .finally(() => lines.push(null));
  return reply.type('application/x-ndjson').send(lines);
}

function endOf({ rollout, place }: ChangeResult): End {
  if (rollout === null || rollout.state === 'promoted') return { outcome: 'done', code: null, place };
  return { outcome: 'failed', code: rollout.state, place };
}

export function asLines(
  values: AsyncIterable<unknown>,
  { known }: FastifyRequest,
  abort: () => void,
): Readable {
  async function* lines() {
    try {
      for await (const value of values) yield `${JSON.stringify(value)}\n`;
    } catch (error) {
      if ((error as Error).name !== 'AbortError')
        yield `${JSON.stringify({ error: bodyOf(error, known) })}\n`;
    }
  }
  return Readable.from(lines()).once('close', abort);
}

export function abortOnClose(reply: FastifyReply): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return { signal: controller.signal, abort: () => controller.abort() };
}

/** Within an answer that has begun. A bug's inside is for the owner alone. */
export function bodyOf(error: unknown, known: Known | null): { code: string; message: string } {
  return known?.principal.kind === 'owner' ? errorBody(error) : answerTo(error)[1];
}

/** Errors in the clothes of HTTP: what people can mend is 4xx, a bug is 500 and says nothing of its inside. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const [status, body] = answerTo(error);
  request.failure = body.code;
  const { retryAfterSeconds } = body as { retryAfterSeconds?: number };
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  reply.code(status).send({ error: body });
}

function answerTo(error: unknown): [number, { code: string; message: string }] {
  if (error instanceof EscaleError) return [statusOf(error.code), errorBody(error)];
  if (error instanceof z.ZodError)
    return [400, errorBody(new EscaleError('request-invalid', whyInvalid(error)))];
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status < 500) return [status, errorBody(new EscaleError('request-invalid', (error as Error).message))];
  console.error(error);
  return [500, { code: 'bug', message: 'something went wrong inside; its log says what' }];
}

/** Every mistake, with its place. */
function whyInvalid({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');
}

const STATUS: Record<string, number> = {
  'request-invalid': 400,
  'not-signed-in': 401,
  'access-denied': 403,
  'hook-refused': 401,
  'too-many-requests': 429,
  'process-away': 503,
  'target-away': 503,
  'cluster-away': 503,
  'database-away': 503,
  'disk-full': 507,
};

function statusOf(code: string): number {
  return STATUS[code] ?? (code.endsWith('-unknown') ? 404 : 422);
}
