import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Engine, ExecSession } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { untilSaid } from '../../host/index.ts';
import type { Known } from '../access/index.ts';
import { bodyOf } from './answers.ts';
import type { ApiApp } from './validation.ts';

const params = z.object({ instance: z.string() });
/** Words of a command, as a JSON array. */
const command = z.string().transform((text, context) => {
  const words = z.array(z.string()).min(1).safeParse(jsonOf(text));
  if (words.success) return words.data;
  context.addIssue('expected words as a JSON array, such as ["ls","-l"]');
  return z.NEVER;
});
const access = { role: 'deployer', environment: 'instance' } as const;

/** What is done to one instance: its environment decides who may. */
export function instanceRoutes(app: ApiApp, engine: Engine): void {
  app.post(
    '/api/instances/:instance/kill',
    { config: { access, about: 'Kill an instance; another one takes its place' }, schema: { params } },
    async (request) => {
      await engine.kill(request.params.instance);
      return {};
    },
  );
  // The body is read as it comes.
  app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null));
  app.post(
    '/api/instances/:instance/exec',
    {
      config: {
        ...{ access, answers: 'lines' },
        about: 'Run a command beside an instance: the body (application/octet-stream) is its input',
      },
      schema: { params, querystring: z.object({ command }) },
    },
    async ({ params: { instance }, query, raw, known }, reply) =>
      carry(await engine.exec({ instance, command: query.command }), { raw, known, reply }),
  );
  app.post(
    '/api/instances/:instance/forward',
    {
      config: {
        ...{ access, answers: 'lines' },
        about: 'One connection to an instance in a cluster: the body (application/octet-stream) goes there',
      },
      schema: { params },
    },
    async ({ params: { instance }, raw, known }, reply) => {
      const session = await engine.forward?.(instance);
      if (session !== undefined) return carry(session, { raw, known, reply });
      throw new EscaleError('cluster-lacks', `${instance} runs in no cluster: it is reached at its address`);
    },
  );
}

/** What comes in goes to the session, and what it says is the answer. */
function carry(
  session: ExecSession,
  { raw, known, reply }: { raw: IncomingMessage; known: Known | null; reply: FastifyReply },
): FastifyReply {
  raw.on('data', (chunk: Buffer) => session.write(chunk));
  raw.once('end', () => session.end());
  const lines = Readable.from(encodeOutput(session, raw, known)).once('close', () => session.close());
  return reply.type('application/x-ndjson').send(lines);
}

async function* encodeOutput(session: ExecSession, request: IncomingMessage, known: Known | null) {
  try {
    for await (const item of session.output)
      yield `${JSON.stringify('exit' in item ? item : { ...item, chunk: Buffer.from(item.chunk).toString('base64') })}\n`;
  } catch (error) {
    yield `${JSON.stringify({ error: bodyOf(error, known) })}\n`;
  }
  await untilSaid(request);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
