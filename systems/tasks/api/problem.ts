import { STATUS_CODES } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { isAway } from './database/database.ts';

/** A request that can't be served, and the status that says why; the message goes to the client. */
export class Refusal extends Error {
  statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** An RFC 9457 problem of no type of its own: the status says it all. */
interface Problem {
  type: 'about:blank';
  title: string;
  status: number;
  detail: string;
}

/** Answers every failure as `application/problem+json`. */
export function answerProblems(app: FastifyInstance): void {
  app.setNotFoundHandler(() => {
    throw new Refusal(404, 'nothing is here');
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const problem = problemOf(error);
    if (problem.status === 500) console.error(error);
    if (problem.status === 503) reply.header('retry-after', '2');
    const body = Buffer.from(JSON.stringify(problem));
    return reply.code(problem.status).header('content-type', 'application/problem+json').send(body);
  });
}

/** What a client is told of an error; a bug tells nothing of itself. */
export function problemOf(error: Error & { statusCode?: number }): Problem {
  const status = isAway(error) ? 503 : (error.statusCode ?? 500);
  const detail =
    status === 503 ? 'the database is away' : status === 500 ? 'this is a bug here' : error.message;
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail };
}
