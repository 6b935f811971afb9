import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { EscaleError } from '../../core/errors/index.ts';
import { type Access, SESSION_MS } from '../access/index.ts';
import { COOKIE, mustNotWait, type PageDoor, sessionIn } from './page-door.ts';
import { sendPage } from './page-text.ts';
import {
  linkGonePage,
  type PasswordProblem,
  passwordPage,
  type SignInProblem,
  signInPage,
} from './sign-in-pages.ts';

const LARGEST_FORM = 8 << 10;
const OPEN = { config: { access: 'open' } } as const;

export interface SignInParts {
  access: Access;
  door: PageDoor;
}

type Form = Record<string, string>;

/** Signing in and out, and choosing a password: forms that need no script. */
export async function signInRoutes(app: FastifyInstance, parts: SignInParts): Promise<void> {
  app.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: LARGEST_FORM },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
  );
  // No HEAD: who only looks at the link (a preview, a scanner) must not use the token up.
  app.get<{ Querystring: Form }>('/sign-in', { ...OPEN, exposeHeadRoute: false }, (request, reply) =>
    request.query.token === undefined
      ? sendPage(reply, 200, signInPage(request))
      : takeLink(request, reply, parts),
  );
  app.post<{ Body: Form | null }>('/sign-in', OPEN, (request, reply) => signIn(request, reply, parts));
  app.post('/sign-out', OPEN, (request, reply) => {
    const session = sessionIn(request);
    if (session !== null) parts.access.entrance.signOut(session);
    return reply
      .header('set-cookie', `${COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`)
      .redirect('/sign-in', 303);
  });
  app.get<{ Querystring: Form }>('/password', { ...OPEN, exposeHeadRoute: false }, (request, reply) => {
    const link = wordOf(request.query.link);
    const user = parts.access.entrance.userOfLink(link);
    if (user === null) return sendPage(reply, 401, linkGonePage(request));
    return sendPage(reply, 200, passwordPage(request, { link, user, problem: null }));
  });
  app.post<{ Body: Form | null }>('/password', OPEN, (request, reply) =>
    choosePassword(request, reply, parts),
  );
}

/** The address of `escale open`. */
function takeLink(request: FastifyRequest<{ Querystring: Form }>, reply: FastifyReply, parts: SignInParts) {
  const { failures } = parts.door;
  const session = parts.access.entrance.takeSignInLink(wordOf(request.query.token));
  const key = `address ${request.from}`;
  if (session !== null || failures.waitOf(key) === 0)
    note(request, parts, { who: 'owner', action: 'sign in by link', done: session !== null });
  if (session !== null) return enter(request, reply, session);
  failures.add(key);
  return sendPage(reply, 401, signInPage(request, 'link'));
}

async function signIn(
  request: FastifyRequest<{ Body: Form | null }>,
  reply: FastifyReply,
  parts: SignInParts,
) {
  const { name: saidName, password, token } = request.body ?? {};
  const name = wordOf(saidName);
  const keys =
    token === undefined
      ? [`address ${request.from}`, `name ${name.slice(0, 100)}`]
      : [`address ${request.from}`];
  const again = (status: number, problem: SignInProblem) =>
    sendPage(reply, status, signInPage(request, problem, name));
  const { entrance } = parts.access;
  try {
    for (const key of keys) mustNotWait(parts.door.failures.waitOf(key), 'too many failed sign-ins');
    // Counted before it is compared, so that many at once are counted, too.
    for (const key of keys) parts.door.failures.add(key);
    const session =
      token === undefined
        ? await entrance.signIn(name, wordOf(password))
        : entrance.signInWithToken(token.trim());
    const who = session === null ? name : (entrance.bySession(session)?.principal.name ?? name);
    note(request, parts, { who, action: 'sign in', done: session !== null });
    if (session === null) return again(401, 'wrong');
    for (const key of keys) parts.door.failures.forgive(key);
    return enter(request, reply, session);
  } catch (error) {
    if (!isToWait(error, reply)) throw error;
    return again(429, 'wait');
  }
}

async function choosePassword(
  request: FastifyRequest<{ Body: Form | null }>,
  reply: FastifyReply,
  parts: SignInParts,
) {
  const { link: saidLink, password: saidPassword, again } = request.body ?? {};
  const [link, password] = [wordOf(saidLink), wordOf(saidPassword)];
  const { entrance } = parts.access;
  const user = entrance.userOfLink(link);
  if (user === null) return sendPage(reply, 401, linkGonePage(request));
  const ask = (status: number, problem: PasswordProblem) =>
    sendPage(reply, status, passwordPage(request, { link, user, problem }));
  if (password !== again) return ask(422, 'different');
  try {
    const session = await entrance.takePasswordLink(link, password);
    note(request, parts, { who: user, action: 'choose password', done: session !== null });
    return session === null ? sendPage(reply, 401, linkGonePage(request)) : enter(request, reply, session);
  } catch (error) {
    if (error instanceof EscaleError && error.code === 'password-short') return ask(422, 'short');
    if (!isToWait(error, reply)) throw error;
    return ask(429, 'wait');
  }
}

function isToWait(error: unknown, reply: FastifyReply): boolean {
  if (!(error instanceof EscaleError) || error.code !== 'too-many-requests') return false;
  const { retryAfterSeconds = 1 } = error.details as { retryAfterSeconds?: number };
  reply.header('retry-after', retryAfterSeconds);
  return true;
}

function enter(request: FastifyRequest, reply: FastifyReply, session: string) {
  const secure = request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
  const cookie = `${COOKIE}=${session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_MS / 1000}${secure}`;
  return reply.header('set-cookie', cookie).redirect('/', 303);
}

function note(
  { from }: FastifyRequest,
  { access }: SignInParts,
  { who, action, done }: { who: string; action: string; done: boolean },
): void {
  const kind = !done ? 'nobody' : who === 'owner' ? 'owner' : 'user';
  const code = done ? null : 'not-signed-in';
  access.audit.add({ who, kind, from, action }, done ? 'done' : 'refused', code);
}

/** One text, whatever else a query or a form may hold. */
function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
