import { z } from 'zod';
import { type Grant, intersection, may, ROLES } from '../../core/access/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import type { Access, StoredToken, StoredUser } from '../access/index.ts';
import { name } from './place-params.ts';
import type { Me, TokenView, UserView } from './types.ts';
import type { ApiApp } from './validation.ts';

const grants = z.array(z.object({ role: z.enum(ROLES), environment: name.or(z.literal('*')) })).max(100);
const userOf = z.object({ user: z.string() });
const newUser = z.object({ name: z.string(), grants });
const tokenWish = z.object({
  user: z.string().nullish(),
  name: z.string(),
  scope: grants.nullish(),
  days: z.number().nullish(),
});
const auditQuery = z.object({
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  system: z.string().optional(),
  environment: z.string().optional(),
});

const somewhere = { role: 'viewer', environment: 'any' } as const;
const everywhere = { role: 'admin', environment: 'all' } as const;

/** Who may come in, and who did what. */
export function accessRoutes(app: ApiApp, { access }: { access: Access }): void {
  app.get(
    '/api/me',
    { config: { access: somewhere, about: 'Who asks, and what they may do' } },
    ({ known }): Me => {
      const { principal, expiresAt } = known!;
      return {
        ...{ name: principal.name, kind: principal.kind, token: principal.token ?? null },
        grants: principal.kind === 'owner' ? [{ role: 'admin', environment: '*' }] : [...principal.grants],
        expiresAt: Number.isFinite(expiresAt) ? expiresAt : null,
      };
    },
  );
  userRoutes(app, access);
  tokenRoutes(app, access);
  app.get(
    '/api/audit',
    {
      config: { access: { role: 'admin', environment: 'any' }, about: 'Who did what, newest first' },
      schema: { querystring: auditQuery },
    },
    ({ query: { limit, ...query }, principal }) => {
      const environments = may(principal, 'admin', 'all')
        ? null
        : principal.grants.filter(({ role }) => role === 'admin').map(({ environment }) => environment);
      return access.audit.list({ ...query, most: limit, environments });
    },
  );
}

function userRoutes(app: ApiApp, { accounts, entrance }: Access): void {
  app.get('/api/users', { config: { access: everywhere, about: 'All users' } }, () =>
    accounts.users().map(userView),
  );
  app.post(
    '/api/users',
    {
      config: {
        access: everywhere,
        action: 'users add',
        about: 'Add a user; the answer is the word of an address for their password',
        notes: ['name', 'grants'],
      },
      schema: { body: newUser },
    },
    ({ body }) => {
      accounts.add(body.name, body.grants);
      return { link: entrance.passwordLink(body.name) };
    },
  );
  app.post(
    '/api/users/:user/grants',
    {
      config: { access: everywhere, notes: ['grants'], about: 'Exactly these roles from now on' },
      schema: { params: userOf, body: z.object({ grants }) },
    },
    ({ params, body }) => {
      accounts.grant(params.user, body.grants);
      return {};
    },
  );
  app.post(
    '/api/users/:user/link',
    {
      config: { access: everywhere, about: 'Another address for their password' },
      schema: { params: userOf },
    },
    ({ params }) => ({
      link: entrance.passwordLink(params.user),
    }),
  );
  app.post(
    '/api/users/:user/remove',
    { config: { access: everywhere, about: 'Remove a user, at once' }, schema: { params: userOf } },
    ({ params }) => {
      accounts.remove(params.user);
      return {};
    },
  );
}

function tokenRoutes(app: ApiApp, { accounts }: Access): void {
  app.get(
    '/api/tokens',
    { config: { access: somewhere, about: 'One’s own tokens; all of them for admins' } },
    ({ principal }) => accounts.tokens(principal).map((token) => tokenView(token, accounts.users())),
  );
  app.post(
    '/api/tokens',
    {
      config: {
        ...{
          access: somewhere,
          action: 'tokens create',
          about: 'Make a token; the answer holds it, this once',
        },
        notes: ['user', 'name', 'scope', 'days'],
      },
      schema: { body: tokenWish },
    },
    ({ body, known }) => {
      const { user = null, scope = null, days = null } = body;
      const wish = { user: user ?? mustBeUser(known!.principal), name: body.name, scope, days };
      const { word, token } = accounts.makeToken(known!, wish);
      return { ...tokenView(token, accounts.users()), word };
    },
  );
  app.post(
    '/api/tokens/:user/:token/revoke',
    {
      config: { access: somewhere, about: 'End a token, at once' },
      schema: { params: userOf.extend({ token: z.string() }) },
    },
    ({ params, principal }) => {
      accounts.revoke(principal, params.user, params.token);
      return {};
    },
  );
}

function mustBeUser({ name: user, kind }: { name: string; kind: string }): string {
  if (kind !== 'owner') return user;
  throw new EscaleError('user-unknown', 'whose token is it to be?', {
    next: 'Name a user: `escale token create NAME --user ada`.',
  });
}

function userView({ name: user, grants: theirs, password, createdAt }: StoredUser): UserView {
  return { name: user, grants: theirs, hasPassword: password !== null, createdAt };
}

function tokenView(token: StoredToken, users: StoredUser[]): TokenView {
  const theirs: Grant[] = users.find(({ name: user }) => user === token.user)?.grants ?? [];
  return { ...token, grants: intersection(token.scope, theirs) };
}
