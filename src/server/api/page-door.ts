import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EscaleError } from '../../core/errors/index.ts';
import { type Entrance, type Known, Limit } from '../access/index.ts';
import type { Door } from './access.ts';
import { sendPage } from './page-text.ts';

export const COOKIE = 'escale_session';
const FAILURES = { most: 10, windowMs: 10 * 60_000 };
/** Fifty a second for a whole minute: no page and no command comes near. */
const REQUESTS = { most: 3000, windowMs: 60_000 };

export interface PageDoorParts {
  entrance: Entrance;
  /** `escale.localhost` and, with a port, `escale.localhost:8080`: what `Host` and `Origin` may say. */
  hosts: string[];
  now: () => number;
  /** What a scraper sends as `Authorization: Bearer …`. */
  metricsToken: string;
  /** The pages for those who are not signed in, and for those who are and may look at nothing. */
  signInPage: (request: FastifyRequest) => string;
  noRightsPage: (request: FastifyRequest, user: string) => string;
}

/** The door of what comes through the gateway: browsers with a session, programs with a token. */
export class PageDoor implements Door {
  /** Failed sign-ins and tokens, by `address …` and `name …`. */
  readonly failures: Limit;
  private readonly requests: Limit;
  private readonly parts: PageDoorParts;

  constructor(parts: PageDoorParts) {
    this.parts = parts;
    this.failures = new Limit({ ...FAILURES, now: parts.now });
    this.requests = new Limit({ ...REQUESTS, now: parts.now });
  }

  receive(request: FastifyRequest, reply: FastifyReply): FastifyReply | null {
    request.from = addressOf(request);
    setSafeHeaders(reply);
    if (!this.parts.hosts.includes(request.headers.host ?? ''))
      return refuse(reply, 421, 'This host is not served here.', 'host-unknown');
    if (!isSameOrigin(request)) return refuse(reply, 403, 'This request came from another site.');
    return null;
  }

  identify(request: FastifyRequest): Known | null {
    const known = this.shown(request);
    if (known === null) return null;
    const { name, token = '', kind } = known.principal;
    const key = [kind, name, token].join(' ');
    mustNotWait(this.requests.waitOf(key), 'too many requests');
    this.requests.add(key);
    return known;
  }

  private shown(request: FastifyRequest): Known | null {
    const { authorization } = request.headers;
    if (authorization === undefined) return this.bySession(request);
    const token = tokenIn(authorization, isGit(request));
    const known = token === null ? null : this.parts.entrance.byToken(token);
    // A token that is right is never kept waiting: it can't be guessed, so there is nothing to slow down.
    if (known !== null) return known;
    const key = `address ${request.from}`;
    mustNotWait(this.failures.waitOf(key), 'too many wrong tokens from this address');
    this.failures.add(key);
    return null;
  }

  private bySession(request: FastifyRequest): Known | null {
    const session = sessionIn(request);
    return session === null ? null : this.parts.entrance.bySession(session);
  }

  scrapes({ headers }: FastifyRequest): boolean {
    return isEqual(headers.authorization ?? '', `Bearer ${this.parts.metricsToken}`);
  }

  strangers(request: FastifyRequest, reply: FastifyReply): FastifyReply | null {
    if (isGit(request)) reply.header('www-authenticate', 'Basic realm="Escale"');
    else if (readsPages(request)) return sendPage(reply, 401, this.parts.signInPage(request));
    return null;
  }

  powerless(request: FastifyRequest, reply: FastifyReply): FastifyReply | null {
    if (!readsPages(request)) return null;
    return sendPage(reply, 403, this.parts.noRightsPage(request, request.principal.name));
  }
}

/** Throws `too-many-requests`, which says how long. */
export function mustNotWait(ms: number, why: string): void {
  if (ms <= 0) return;
  const seconds = Math.ceil(ms / 1000);
  throw new EscaleError('too-many-requests', why, {
    next: `Wait ${seconds} s.`,
    details: { retryAfterSeconds: seconds },
  });
}

/** The session in the cookie; null: none. */
export function sessionIn({ headers }: FastifyRequest): string | null {
  const cookies = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return cookies.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? null;
}

/** Git knows HTTP Basic only: the password is the token, whatever the name. Browsers would send that along unasked, so nothing else takes it. */
function tokenIn(authorization: string, mayBeBasic: boolean): string | null {
  const [scheme = '', word = ''] = authorization.split(' ');
  if (/^bearer$/i.test(scheme)) return word;
  if (!mayBeBasic || !/^basic$/i.test(scheme)) return null;
  const text = Buffer.from(word, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}

function readsPages({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') ?? false;
}

function isGit({ url }: FastifyRequest): boolean {
  return url.startsWith('/git/');
}

/** The gateway cuts what clients say of themselves and writes the one address it knows. */
function addressOf({ headers }: FastifyRequest): string {
  const said = headers['x-forwarded-for'];
  return typeof said === 'string' && isIP(said) !== 0 ? said : 'unknown';
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

function refuse(reply: FastifyReply, status: number, message: string, code = 'refused'): FastifyReply {
  return reply.code(status).send({ error: { code, message } });
}

function isEqual(said: string, wanted: string): boolean {
  const [one, other] = [said, wanted].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(one!, other!);
}
