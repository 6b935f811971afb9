import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isDiskFull } from '../../core/errors/index.ts';
import { type AuditFacts, type AuditLog, type End, Limit } from '../access/index.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** It changes nothing, although it is no GET. */
    looks?: boolean;
    /** It writes what it does into the audit log itself. */
    writesItself?: boolean;
    /** What the audit log calls it; without it the words of its address. */
    action?: string;
    /** Fields of the body that may be written down. */
    notes?: readonly string[];
  }
  interface FastifyRequest {
    /** Code of the error that it was answered with. */
    failure: string | null;
    /** Settles when what it asked for is over, if that is later than its answer. Never rejects. */
    going: Promise<End> | null;
    /** Its entry in the audit log, once there is one. */
    entry: number | null;
  }
}

/** Strangers are noted so often by address: they must not fill the log. */
const STRANGERS = { most: 10, windowMs: 10 * 60_000 };

/** Writes down who asked for what and what came of it: what changes something before it is done, the rest after it. */
export function record(app: FastifyInstance, audit: AuditLog, now: () => number): void {
  const strangers = new Limit({ ...STRANGERS, now });
  app.decorateRequest('failure', null);
  app.decorateRequest('going', null);
  app.decorateRequest('entry', null);
  const settle = async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      const end = request.going === null ? endOf(request, reply) : await request.going;
      if (request.entry !== null) audit.end(request.entry, end);
      else if (isWorthNoting(request, end) && mayNote(request, strangers))
        audit.addLook(factsOf(request), end.outcome, end.code);
    } catch (error) {
      console.error(`not in the audit log: ${request.method} ${request.url.split('?')[0]}:`, error);
    }
  };
  app.addHook('onRequest', async (request, reply) => {
    // Not Fastify's `onResponse`: that does not come when whoever asked leaves before the answer's last byte.
    reply.raw.once('close', () => void settle(request, reply));
  });
  app.addHook('preHandler', async (request) => {
    const { access, looks } = request.routeOptions.config;
    if (isReading(request) || access === undefined || access === 'open' || looks) return;
    request.entry = orNothing(request, () => audit.begin(factsOf(request)));
  });
}

/** Without room for the record nobody changes anything but the owner, who has to be able to make room. */
function orNothing(request: FastifyRequest, write: () => number): number | null {
  try {
    return write();
  } catch (error) {
    if (!isDiskFull(error) || request.principal.kind !== 'owner') throw error;
    return null;
  }
}

function isReading({ method }: FastifyRequest): boolean {
  return ['GET', 'HEAD', 'OPTIONS'].includes(method);
}

/** All that is no GET, and whatever was refused to somebody who showed who they are. */
function isWorthNoting(request: FastifyRequest, { outcome }: End): boolean {
  const { access, writesItself } = request.routeOptions.config;
  if (access === undefined || access === 'open') return false;
  if (writesItself && outcome === 'done') return false;
  if (!isReading(request)) return true;
  return outcome === 'refused' && (request.known !== null || request.headers.authorization !== undefined);
}

function mayNote(request: FastifyRequest, strangers: Limit): boolean {
  if (request.known !== null) return true;
  if (strangers.waitOf(request.from) > 0) return false;
  strangers.add(request.from);
  return true;
}

const REFUSED = [401, 403, 421, 429];

function endOf({ failure }: FastifyRequest, { statusCode }: FastifyReply): End {
  if (REFUSED.includes(statusCode)) return { outcome: 'refused', code: failure ?? 'refused' };
  return { outcome: failure === null ? 'done' : 'failed', code: failure };
}

export function factsOf(request: FastifyRequest): AuditFacts {
  const { known, principal, from, place } = request;
  const { notes = [], action } = request.routeOptions.config;
  const body = (request.body ?? {}) as Record<string, unknown>;
  const { system, environment, ...params } = (request.params ?? {}) as Record<string, string | undefined>;
  const noted = Object.fromEntries(
    notes.filter((key) => Object.hasOwn(body, key)).map((key) => [key, body[key]]),
  );
  const { system: ofBody, environment: inBody, ...detail } = noted;
  return {
    who: principal.name,
    kind: known === null ? 'nobody' : principal.kind,
    token: principal.token ?? null,
    from,
    action: action ?? actionOf(request.routeOptions.url ?? ''),
    system: system ?? place?.system ?? (typeof ofBody === 'string' ? ofBody : ''),
    environment: environment ?? place?.environment ?? (typeof inBody === 'string' ? inBody : ''),
    target: Object.values(params).join('/'),
    detail,
  };
}

/** `/api/systems/:system/environments/:environment/jobs/:job/run` → `jobs run`. */
export function actionOf(url: string): string {
  const words = url.split('/').filter((word) => word !== '' && !word.startsWith(':'));
  const telling = words.filter((word) => !['api', 'systems', 'environments', '*'].includes(word));
  return telling.join(' ') || 'page';
}
