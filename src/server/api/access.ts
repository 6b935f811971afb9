import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { may, type Principal, type Role, type Where } from '../../core/access/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import type { Known } from '../access/index.ts';
import type { Place } from '../place.ts';

/**
 * Who may call a route: everybody; scrapers with their own token, too; the socket's owner alone; or whoever has a role
 * where it matters: in the environment of the address (`param`) or of the instance in the address (`instance`), in any
 * (what is answered is then cut to what they may see), or in all.
 */
export type RouteAccess =
  | 'open'
  | 'scraped'
  | 'owner'
  | { role: Role; environment: 'param' | 'instance' | 'any' | 'all' };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route declares it, or the app does not start. */
    access?: RouteAccess;
  }
  interface FastifyRequest {
    /** Who asks; null on what is open. */
    known: Known | null;
    /** The same, with nobody for null. */
    readonly principal: Principal;
    /** An address, or `socket`. */
    from: string;
    /** Where the instance in the address runs. */
    place: Place | null;
  }
}

/** Who stands at the door of an app. */
export interface Door {
  /** Refuses what should not come this way at all, by answering. Sets `from`. */
  receive(request: FastifyRequest, reply: FastifyReply): FastifyReply | null;
  /** Who it is, by what is shown; null: nobody who is known. Throws `too-many-requests`. */
  identify(request: FastifyRequest): Known | null;
  /** Whether it shows the scrapers' token. */
  scrapes(request: FastifyRequest): boolean;
  /** The answer for nobody, where it is no plain error; null: it is. */
  strangers(request: FastifyRequest, reply: FastifyReply): FastifyReply | null;
  /** The same for somebody who is known and may look at nothing. */
  powerless(request: FastifyRequest, reply: FastifyReply): FastifyReply | null;
}

export interface GuardParts {
  door: Door;
  /** Where an instance runs; null: nowhere. */
  placeOfInstance: (instance: string) => Promise<Place | null>;
}

export const viewer = { role: 'viewer', environment: 'param' } as const;
export const deployer = { role: 'deployer', environment: 'param' } as const;
export const admin = { role: 'admin', environment: 'param' } as const;

const NOBODY: Principal = { name: '', kind: 'user', grants: [] };

/** The one choke point: every route of an app passes it, and one that declares nothing is not registered. */
export function guard(app: FastifyInstance, parts: GuardParts): void {
  app.addHook('onRoute', refuseUndeclared);
  app.decorateRequest('known', null);
  app.decorateRequest('from', '');
  app.decorateRequest('place', null);
  app.decorateRequest('principal', {
    getter(this: FastifyRequest) {
      return this.known?.principal ?? NOBODY;
    },
  });
  app.addHook('onRequest', async (request, reply) => {
    const { door } = parts;
    const refused = door.receive(request, reply);
    if (refused !== null) return refused;
    const { access } = request.routeOptions.config;
    if (access === 'open' || (access === 'scraped' && door.scrapes(request))) return;
    request.known = door.identify(request);
    if (request.known === null) return door.strangers(request, reply) ?? notSignedIn();
    const answer = may(request.principal, 'viewer', 'any') ? null : door.powerless(request, reply);
    if (answer !== null) return answer;
    if (access !== undefined) await mustBeAllowed(request, access, parts);
  });
}

function refuseUndeclared({ method, url, config }: RouteOptions): void {
  const access = config?.access;
  const name = `${method} ${url}`;
  if (access === undefined) throw new Error(`${name} does not declare who may call it`);
  const needs = typeof access === 'object' ? access.environment : null;
  if (url.includes('/:environment') !== (needs === 'param') && access !== 'owner')
    throw new Error(`${name}: the environment in its address decides, and nothing else does`);
  if (needs === 'instance' && !url.includes('/:instance')) throw new Error(`${name} names no instance`);
}

async function mustBeAllowed(request: FastifyRequest, access: RouteAccess, parts: GuardParts): Promise<void> {
  const { principal } = request;
  if (access === 'open') return;
  if (access === 'owner') {
    if (principal.kind === 'owner') return;
    throw new EscaleError('access-denied', 'only the owner of Escale’s socket may do this');
  }
  const { role, environment } =
    access === 'scraped' ? ({ role: 'viewer', environment: 'all' } as const) : access;
  if (environment === 'instance') return mustBeAllowedAt(request, role, parts);
  const params = request.params as { environment?: string };
  demand(principal, role, environment === 'param' ? { environment: params.environment ?? '' } : environment);
}

/** What runs where somebody may not even look is as unknown to them as what runs nowhere. */
async function mustBeAllowedAt(request: FastifyRequest, role: Role, parts: GuardParts): Promise<void> {
  demand(request.principal, role, 'any');
  const { instance = '' } = request.params as { instance?: string };
  const place = await parts.placeOfInstance(instance);
  if (place === null || !may(request.principal, 'viewer', place))
    throw new EscaleError('instance-unknown', `there is no instance ${instance}`);
  demand(request.principal, role, place);
  request.place = place;
}

function demand(principal: Principal, role: Role, where: Where): void {
  if (may(principal, role, where)) return;
  const there =
    where === 'any' ? 'any environment' : where === 'all' ? 'all environments' : where.environment;
  throw new EscaleError('access-denied', `${principal.name} is no ${role} in ${there}`);
}

function notSignedIn(): never {
  throw new EscaleError('not-signed-in', 'sign in first', {
    next: 'Sign in: `escale open` prints an address that does, `escale login` keeps a token.',
  });
}
