import type { Access } from '../access/index.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { Notices } from '../notices/index.ts';
import type { Pipelines } from '../pipelines/index.ts';
import type { Targets } from '../targets/index.ts';
import { accessRoutes } from './access-routes.ts';
import { type DeliveryRoutesParts, deliveryRoutes, hookRoutes } from './delivery-routes.ts';
import { gitRoutes } from './git-routes.ts';
import { instanceRoutes } from './instance-routes.ts';
import type { Live } from './live.ts';
import { liveRoutes } from './live-routes.ts';
import { noticeRoutes } from './notice-routes.ts';
import { openApiDocument } from './openapi.ts';
import { pipelineRoutes } from './pipeline-routes.ts';
import { placeRoutes } from './place-routes.ts';
import { resourceRoutes } from './resource-routes.ts';
import { secretRoutes } from './secret-routes.ts';
import { targetRoutes } from './target-routes.ts';
import type { ApiApp } from './validation.ts';

export interface ApiParts {
  controlPlane: ControlPlane;
  pipelines: Pipelines;
  delivery: DeliveryRoutesParts;
  /** A copy of Escale itself; gives its folder. */
  backUpSelf: () => Promise<string>;
  live: Live;
  access: Access;
  notices: Notices;
  targets: Targets;
  version: string;
  /** The gateway's figures of every service, in Prometheus' text format. */
  metrics: () => Promise<string>;
}

const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** What may be asked, the same on the socket and on the pages; who may ask it stands in each route's `access`. */
export function apiRoutes(app: ApiApp, parts: ApiParts): void {
  const { controlPlane, live, metrics, version } = parts;
  const somewhere = { role: 'viewer', environment: 'any' } as const;
  app.get(
    '/metrics',
    { config: { access: 'scraped', answers: 'text', about: 'Figures of all services, for Prometheus' } },
    async (_request, reply) => reply.type(PROMETHEUS_TEXT).send(await metrics()),
  );
  app.get('/api/hello', { config: { access: somewhere, about: 'Which Escale it is' } }, () => ({
    pid: process.pid,
    version,
  }));
  app.get('/api/openapi.json', { config: { access: somewhere, about: 'This document' } }, () =>
    apiDocument(version),
  );
  liveRoutes(app, live);
  app.post(
    '/api/backup',
    { config: { access: { role: 'admin', environment: 'all' }, about: 'Copy what Escale itself knows' } },
    async () => ({ folder: await parts.backUpSelf() }),
  );
  placeRoutes(app, controlPlane);
  instanceRoutes(app, controlPlane.parts.engine);
  resourceRoutes(app, controlPlane);
  secretRoutes(app, controlPlane);
  pipelineRoutes(app, parts.pipelines);
  deliveryRoutes(app, parts.delivery);
  gitRoutes(app, parts.delivery);
  app.register(async (hooks) => hookRoutes(hooks as ApiApp, parts.delivery));
  accessRoutes(app, parts);
  noticeRoutes(app, parts.notices);
  targetRoutes(app, parts.targets);
}

/** The OpenAPI document of this API. */
export function apiDocument(version: string): object {
  return openApiDocument((app) => apiRoutes(app, unasked), version);
}

/** Parts for an app whose routes are only read, never called: whatever is taken out of them is the same again. */
const unasked: ApiParts = new Proxy({} as ApiParts, { get: () => unasked });
