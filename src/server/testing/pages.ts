import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { Grant } from '../../core/access/index.ts';
import { type Access, type Known, OWNER } from '../access/index.ts';
import { controlApp, Live, pagesApp } from '../api/index.ts';
import { Notices } from '../notices/index.ts';
import { TargetStore, Targets } from '../targets/index.ts';
import { controlPlaneIn, temporary, writeShop } from './control-plane.ts';

export const HOST = 'escale.localhost:8080';
export const HOSTS = ['escale.localhost', HOST];
const ADDRESS = '192.0.2.7';

export type Method = 'GET' | 'POST' | 'HEAD' | 'PUT' | 'DELETE' | 'PATCH' | 'OPTIONS';
type Headers = Record<string, string>;

/** Both apps over one control plane, and ways to come in. */
export function pages(t: TestContext) {
  const { controlPlane, access, delivering, store, engine } = controlPlaneIn(t);
  const live = new Live({ engine, store, httpPort: 8080, version: '1', now: engine.now });
  live.controlPlane = controlPlane;
  const folder = path.join(temporary(t), 'dist');
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html>dashboard');
  writeFileSync(path.join(folder, 'assets/a.js'), 'let a;');
  const notices = new Notices({
    ...{
      sql: store.sql,
      key: Buffer.alloc(32, 7),
      pagesUrl: 'http://escale.localhost:8080/',
      now: engine.now,
    },
    gaveUp: () => {},
  });
  const targets = new Targets({
    ...{ store: new TargetStore(store.sql), owner: 'test', kinds: [], machine: 'x86_64', imageBase: null },
    ...{ run: folder, root: folder, artifacts: folder, packages: folder, backups: folder, now: engine.now },
    secrets: controlPlane.parts.vault,
    ...{ usersOf: () => [], placesOf: () => [], repairs: () => false },
    imagesFor: () => ({ place: async () => '', gateway: async () => '', postgres: async () => '' }),
    onEvent: () => {},
  });
  t.after(() => targets.close());
  const { pipelines } = delivering;
  const parts = {
    ...{ controlPlane, pipelines, delivery: delivering, live, access, notices, targets, version: '1' },
    metrics: async () => 'up 1\n',
    backUpSelf: async () => '/backups/x',
  };
  const app = pagesApp({ ...parts, hosts: HOSTS, metricsToken: 'scraper', folder });
  const control = controlApp({ ...parts, stays: () => false, shutdown: () => {}, retire: () => {} });
  t.after(() => Promise.all([app.close(), control.close()]));
  const asker = (of: FastifyInstance) => (method: Method, url: string, headers: Headers, payload?: object) =>
    of.inject({ method, url, headers, ...(payload && { payload }) });
  const ask = (method: Method, url: string, headers: Headers = {}, payload?: object) =>
    asker(app as unknown as FastifyInstance)(
      method,
      url,
      { host: HOST, 'x-forwarded-for': ADDRESS, ...headers },
      payload,
    );
  const signIn = async () => {
    const answer = await ask('GET', `/sign-in?token=${access.entrance.signInLink()}`);
    return { cookie: String(answer.headers['set-cookie']).split(';')[0]! };
  };
  return {
    ...{ app, control, ask, signIn, store, engine, folder, controlPlane, live, access, pipelines },
    askSocket: asker(control as unknown as FastifyInstance),
    bearer: (grants: Grant[], days?: number) => bearer(access, grants, days),
    deployShop: () =>
      controlPlane.deploy(
        { folder: writeShop(path.join(temporary(t), 'shop')), environment: 'local' },
        () => {},
      ),
  };
}

const owner: Known = { principal: OWNER, expiresAt: Number.POSITIVE_INFINITY };
let users = 0;

/** Headers of a new user's token with these grants. */
export function bearer(access: Access, grants: Grant[], days: number | null = null): Headers {
  users += 1;
  const user = `user-${users}`;
  access.accounts.add(user, grants);
  const { word } = access.accounts.makeToken(owner, { user, name: 'test', scope: null, days });
  return { authorization: `Bearer ${word}` };
}

/** Every route that an app has, as it was registered. */
export async function routesOf(
  app: Pick<FastifyInstance, 'ready' | 'printRoutes'>,
): Promise<{ method: Method; url: string }[]> {
  await app.ready();
  const lines = app.printRoutes({ commonPrefix: false, includeHooks: false }).split('\n');
  const stack: string[] = [];
  return lines.flatMap((line) => {
    const match = /^((?:│ {3}| {4})*)(?:├── |└── )(\S+)(?: \((.*)\))?/.exec(line);
    if (match === null) return [];
    const depth = match[1]!.length / 4;
    stack.splice(depth, stack.length, match[2]!);
    const url = stack.join('').replace(/^(?!\/)/, '/');
    return (match[3] ?? '')
      .split(', ')
      .filter(Boolean)
      .map((method) => ({ method: method as Method, url }));
  });
}
