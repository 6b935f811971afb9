import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Store } from '../store/index.ts';

const COOKIE = 'escale_session';
const TOKEN_MS = 15 * 60_000;
const SESSION_MS = 7 * 24 * 3_600_000;

export interface AccessParts {
  store: Store;
  /** `escale.localhost` and, with a port, `escale.localhost:8080`: what `Host` and `Origin` may say. */
  hosts: string[];
  now: () => number;
  /** What a scraper sends as `Authorization: Bearer …`. */
  metricsToken: string;
  /** The page for those who are not signed in. */
  signInPage: (request: FastifyRequest) => string;
}

/** Marks a route that answers without a session. Everything else is closed. */
export const OPEN = { config: { open: true } } as const;
/** Marks a route that a scraper may read with the metrics token instead of a session. */
export const SCRAPED = { config: { scraped: true } } as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    open?: boolean;
    scraped?: boolean;
  }
}

/** A word for one sign-in, on this host, within fifteen minutes. */
export function makeSignInToken(store: Store, now: number): string {
  const token = randomBytes(24).toString('base64url');
  store.addSession(digestOf(token), 'token', now + TOKEN_MS);
  return token;
}

/** The one choke point: every route of the pages passes it. */
export function guard(app: FastifyInstance, parts: AccessParts): void {
  app.addHook('onRequest', async (request, reply) => {
    setSafeHeaders(reply);
    if (!parts.hosts.includes(request.headers.host ?? ''))
      return refuse(reply, 421, 'This host is not served here.');
    if (!isSameOrigin(request)) return refuse(reply, 403, 'This request came from another site.');
    if (request.routeOptions.config.open || mayScrape(request, parts) || hasSession(request, parts)) return;
    if (request.headers.accept?.includes('text/html'))
      return reply.code(401).type('text/html; charset=utf-8').send(parts.signInPage(request));
    return refuse(reply, 401, 'Sign in first: `escale open` prints an address that does.');
  });
  // No HEAD: who only looks at the link (a preview, a scanner) must not use the token up.
  app.get<{ Querystring: { token?: string } }>(
    '/sign-in',
    { ...OPEN, exposeHeadRoute: false },
    async (request, reply) => signIn(request, reply, parts),
  );
}

function signIn(
  request: FastifyRequest<{ Querystring: { token?: string } }>,
  reply: FastifyReply,
  parts: AccessParts,
) {
  const now = parts.now();
  const token = request.query.token ?? '';
  if (!parts.store.takeSession(digestOf(token), 'token', now))
    return reply.code(401).type('text/html; charset=utf-8').send(parts.signInPage(request));
  const session = randomBytes(24).toString('base64url');
  parts.store.addSession(digestOf(session), 'session', now + SESSION_MS);
  const cookie = `${COOKIE}=${session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_MS / 1000}`;
  return reply.header('set-cookie', cookie).redirect('/', 303);
}

function mayScrape(request: FastifyRequest, { metricsToken }: AccessParts): boolean {
  if (!request.routeOptions.config.scraped) return false;
  const said = Buffer.from(digestOf(request.headers.authorization ?? ''));
  return timingSafeEqual(said, Buffer.from(digestOf(`Bearer ${metricsToken}`)));
}

function hasSession(request: FastifyRequest, { store, now }: AccessParts): boolean {
  const cookies = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const session = cookies.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
  return session !== undefined && store.takeSession(digestOf(session), 'session', now());
}

/** A browser says where a request comes from; whoever changes something must come from these pages themselves. */
function isSameOrigin(request: FastifyRequest): boolean {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) return false;
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  return site === undefined || site === 'same-origin';
}

function setSafeHeaders(reply: FastifyReply): void {
  reply.headers({
    'content-security-policy':
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
}

function refuse(reply: FastifyReply, status: number, message: string) {
  return reply.code(status).send({ error: { code: status === 401 ? 'not-signed-in' : 'refused', message } });
}

function digestOf(word: string): string {
  return createHash('sha256').update(word).digest('hex');
}
