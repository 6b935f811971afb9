import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { ResourceKind } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import type { Home } from '../../core/home/index.ts';
import type { RouteTable } from '../../host/index.ts';
import type { MirroredValue, Vault } from '../../secrets/index.ts';
import { packagesOfTree, ReceivedTrees } from '../../targets/index.ts';
import { dockerHere } from '../docker-here.ts';
import { backupIds } from '../resource-host.ts';
import { callKind, type KindCall } from './kind-calls.ts';
import type { Trees } from './target-engine.ts';

export interface HostRoutesParts {
  home: Home;
  kinds: ResourceKind[];
  vault: Vault;
  /** Values that what runs in an environment may be started with again. */
  secretsOf: (environment: string) => ReadonlySet<number>;
}

/** What a host elsewhere answers beside its supervisor's routes, on the same socket: what the control plane has nearby at home. */
export function hostRoutes({ home, kinds, vault, secretsOf }: HostRoutesParts): RouteTable {
  const trees = { artifacts: new ReceivedTrees(home.artifacts), packages: new ReceivedTrees(home.packages) };
  const here = { packages: home.packages };
  return {
    'GET /host': async () => ({ docker: await dockerHere() }),
    'POST /trees/missing': async ({ body }) => {
      const wanted = body as Trees;
      await Promise.all([trees.artifacts.lend(wanted.artifacts), trees.packages.lend(wanted.packages)]);
      return {
        artifacts: trees.artifacts.missing(wanted.artifacts),
        packages: trees.packages.missing(wanted.packages),
      };
    },
    'POST /trees/:kind/:name': async ({ params, query, request }) => {
      const sent = { packages: query.get('packages') ?? '' };
      const digest = query.get('digest') ?? '';
      await treesOf(trees, params.kind!).take(params.name!, request, { digest, sent, here });
    },
    'POST /trees/tidy': async ({ body }) => {
      const { artifacts } = body as Pick<Trees, 'artifacts'>;
      await trees.artifacts.keepOnly(artifacts);
      const left = await trees.artifacts.names();
      const needed = await Promise.all(
        left.map((name) => packagesOfTree(trees.artifacts.folderOf(name), here)),
      );
      await trees.packages.keepOnly(needed.flat());
    },
    'PUT /secrets/:environment/:system': async ({ params, body }) => {
      const { environment, system } = params as { environment: string; system: string };
      const { values } = body as { values: MirroredValue[] };
      vault.mirror({ environment, system }, values, secretsOf(environment));
    },
    'POST /kinds/:type/:method': async ({ params, body }) =>
      callKind(kinds, { type: params.type!, method: params.method!, args: body as unknown[] } as KindCall),
    'POST /backups/list': async ({ body }) =>
      backupIds(inside(home.backups, (body as { folder: string }).folder)),
    'POST /backups/remove': async ({ body }) =>
      rm(inside(home.backups, (body as { folder: string }).folder), { recursive: true, force: true }),
    'DELETE /data/:environment/:system': async ({ params }) => {
      for (const folder of [home.resources, home.volumes]) {
        const kept = path.join(folder, params.environment!, params.system!);
        await rm(inside(folder, kept), { recursive: true, force: true });
      }
    },
  };
}

function treesOf(trees: Record<string, ReceivedTrees>, kind: string): ReceivedTrees {
  if (Object.hasOwn(trees, kind)) return trees[kind]!;
  throw new EscaleError('request-invalid', `${kind} names no trees`);
}

/** Throws `request-invalid` for a folder elsewhere. */
function inside(folder: string, wanted: string): string {
  const resolved = path.resolve(wanted);
  if (resolved.startsWith(`${folder}/`)) return resolved;
  throw new EscaleError('request-invalid', `${wanted} is not in ${folder}`);
}
