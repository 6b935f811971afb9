import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Engine, ExecSession } from '../../core/contracts/index.ts';
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
    async ({ params: { instance }, query, raw, known }, reply) => {
      const session = await engine.exec({ instance, command: query.command });
      raw.on('data', (chunk: Buffer) => session.write(chunk));
      raw.once('end', () => session.end());
      const lines = Readable.from(encodeOutput(session, raw, known)).once('close', () => session.close());
      return reply.type('application/x-ndjson').send(lines);
    },
  );
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
