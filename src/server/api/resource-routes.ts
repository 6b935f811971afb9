import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ControlPlane } from '../control-plane.ts';
import { name, placeOf, SYSTEM } from './place-params.ts';

const resource = z.object({ resource: name.nullish().transform((value) => value ?? null) });
const identifier = z.string().min(1).max(63);
const text = z.string().max(1000);
const rowsQuery = z.object({
  schema: identifier,
  table: identifier,
  filter: z
    .array(z.object({ column: identifier, contains: text }))
    .max(20)
    .default([]),
  order: z.object({ column: identifier, descending: z.boolean() }).nullable().default(null),
  offset: z.number().int().min(0).max(1e9).default(0),
  limit: z.number().int().min(1).max(500).default(50),
});
const query = resource.extend({
  sql: z.string().min(1).max(1_000_000),
  write: z.boolean().default(false),
  limit: z.number().int().min(1).max(1_000_000).default(1000),
  timeoutMs: z.number().int().min(1).max(3_600_000).default(60_000),
});

/** Looking into the databases of a system, read-only; having a job run. */
export function resourceRoutes(app: FastifyInstance, controlPlane: ControlPlane): void {
  const { resources } = controlPlane;
  const params = z.object({ resource: name });

  app.get(`${SYSTEM}/databases/:resource/tables`, async (request) => {
    const found = await resources.database(
      placeOf.parse(request.params),
      params.parse(request.params).resource,
    );
    return found.database.tables(found.at);
  });
  app.post(`${SYSTEM}/databases/:resource/rows`, async (request) => {
    const asked = rowsQuery.parse(request.body ?? {});
    const found = await resources.database(
      placeOf.parse(request.params),
      params.parse(request.params).resource,
    );
    return found.database.rows(found.at, asked);
  });
  app.post(`${SYSTEM}/jobs/:job/run`, (request) => {
    const { job } = z.object({ job: name }).parse(request.params);
    return controlPlane.runJob(placeOf.parse(request.params), job);
  });
}

/** Only for the CLI: SQL, backups, and what takes data away. */
export function dataRoutes(app: FastifyInstance, controlPlane: ControlPlane): void {
  const { resources } = controlPlane;

  app.post(`${SYSTEM}/query`, async (request) => {
    const { resource: which, sql, ...options } = query.parse(request.body);
    const { at, database } = await resources.database(placeOf.parse(request.params), which);
    return database.query(at, sql, options);
  });
  app.post(`${SYSTEM}/tables`, async (request) => {
    const { resource: which } = resource.parse(request.body ?? {});
    const { at, database } = await resources.database(placeOf.parse(request.params), which);
    return { resource: at.name, tables: await database.tables(at) };
  });
  app.post(`${SYSTEM}/backup`, (request) =>
    resources.backup(placeOf.parse(request.params), resource.parse(request.body ?? {}).resource),
  );
  app.post(`${SYSTEM}/backups`, (request) =>
    resources.backups(placeOf.parse(request.params), resource.parse(request.body ?? {}).resource),
  );
  app.post(`${SYSTEM}/restore`, (request) => {
    const wish = resource.extend({ backup: z.string().min(1).max(4096) }).parse(request.body);
    return controlPlane.restore(placeOf.parse(request.params), wish);
  });
  app.post(`${SYSTEM}/delete-data`, async (request) => {
    await controlPlane.deleteData(placeOf.parse(request.params));
    return {};
  });
}
