import { z } from 'zod';
import { EscaleError } from '../../core/errors/index.ts';
import type { ControlPlane } from '../control-plane.ts';
import { admin, deployer, viewer } from './access.ts';
import { name, placeOf, SYSTEM } from './place-params.ts';
import type { ApiApp } from './validation.ts';

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

const wish = resource.extend({ backup: z.string().min(1).max(4096) });

/** Databases, backups, jobs, and what takes data away. */
export function resourceRoutes(app: ApiApp, controlPlane: ControlPlane): void {
  lookRoutes(app, controlPlane);
  backupRoutes(app, controlPlane);
  app.post(
    `${SYSTEM}/jobs/:job/run`,
    {
      config: { access: deployer, about: 'Run a job now' },
      schema: { params: placeOf.extend({ job: name }) },
    },
    ({ params: { job, ...place } }) => controlPlane.runJob(place, job),
  );
  app.post(
    `${SYSTEM}/delete-data`,
    {
      config: { access: admin, about: 'Remove what its databases and volumes keep; it must be down' },
      schema: { params: placeOf },
    },
    async ({ params }) => {
      await controlPlane.deleteData(params);
      return {};
    },
  );
}

function lookRoutes(app: ApiApp, { resources }: ControlPlane): void {
  const inDatabase = placeOf.extend({ resource: name });
  app.get(
    `${SYSTEM}/databases/:resource/tables`,
    { config: { access: viewer, about: 'Tables of a database' }, schema: { params: inDatabase } },
    async ({ params }) => {
      const { at, database } = await resources.database(params, params.resource);
      return database.tables(at);
    },
  );
  app.post(
    `${SYSTEM}/databases/:resource/rows`,
    {
      config: { access: viewer, looks: true, about: 'Rows of a table' },
      schema: { params: inDatabase, body: rowsQuery },
    },
    async ({ params, body }) => {
      const { at, database } = await resources.database(params, params.resource);
      return database.rows(at, body);
    },
  );
  app.post(
    `${SYSTEM}/tables`,
    {
      config: { access: viewer, looks: true, about: 'Tables of a database, or of the only one' },
      schema: { params: placeOf, body: resource },
    },
    async ({ params, body }) => {
      const { at, database } = await resources.database(params, body.resource);
      return { resource: at.name, tables: await database.tables(at) };
    },
  );
  // Also without `write`: SQL of one's own reaches functions of the server that read files and run programs.
  app.post(
    `${SYSTEM}/query`,
    {
      config: {
        access: deployer,
        notes: ['resource', 'write'],
        about: 'One statement of SQL; it changes nothing without `write`',
      },
      schema: { params: placeOf, body: query },
    },
    async ({ params, body: { resource: which, sql, ...options } }) => {
      const { at, database } = await resources.database(params, which);
      return database.query(at, sql, options);
    },
  );
}

function backupRoutes(app: ApiApp, controlPlane: ControlPlane): void {
  const { resources } = controlPlane;
  app.post(
    `${SYSTEM}/backup`,
    {
      config: { access: deployer, notes: ['resource'], about: 'Copy a database while it runs' },
      schema: { params: placeOf, body: resource },
    },
    ({ params, body }) => resources.backup(params, body.resource),
  );
  app.post(
    `${SYSTEM}/backups`,
    {
      config: { access: viewer, looks: true, about: 'Backups that are there' },
      schema: { params: placeOf, body: resource },
    },
    ({ params, body }) => resources.backups(params, body.resource),
  );
  app.post(
    `${SYSTEM}/restore`,
    {
      config: { access: deployer, notes: ['resource', 'backup'], about: 'Bring the data of a backup back' },
      schema: { params: placeOf, body: wish },
    },
    ({ params, body, principal }) => {
      // A folder may hold what belongs to another environment, or what anybody wrote there.
      if (principal.kind !== 'owner' && /[/\\]/.test(body.backup))
        throw new EscaleError('access-denied', 'only the owner of Escale restores a folder of this host', {
          next: 'Name one of the backups that `escale backup --list` shows.',
        });
      return controlPlane.restore(params, body);
    },
  );
}
