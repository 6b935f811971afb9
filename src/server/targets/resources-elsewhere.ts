import type { ResourceKind } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { homeLayout } from '../../core/home/index.ts';
import type { ResourceHost } from '../resource-host.ts';
import { kindElsewhere } from './kind-calls.ts';
import type { Link } from './link.ts';

/** The resources of a host elsewhere; its backups are there, too. Everything throws `target-away` while it is. */
export function resourcesElsewhere(link: Link, home: string, kinds: ResourceKind[]): ResourceHost {
  const { resources, backups } = homeLayout(home, '/tmp');
  const client = () => {
    link.mustBeThere();
    return link.client;
  };
  return {
    kinds: kinds.map((kind) => kindElsewhere(kind, client)),
    folder: resources,
    backups,
    idsIn: async (folder) => client().call<string[]>('POST', '/backups/list', { folder }),
    remove: async (folder) => client().call('POST', '/backups/remove', { folder }),
    forget: async ({ system, environment }) => client().call('DELETE', `/data/${environment}/${system}`),
  };
}

/** What databases in a cluster keep is the cluster's to copy: Escale has no kinds there. */
export function resourcesInCluster(name: string): ResourceHost {
  const lacks = (): never => {
    throw new EscaleError('cluster-lacks', `Escale makes no copies of databases on ${name}`, {
      next: 'Use what the cluster has for that: the backups of CloudNativePG, snapshots of volumes.',
    });
  };
  return {
    ...{ kinds: [], folder: '', backups: '' },
    idsIn: async () => [],
    remove: async () => lacks(),
    // The engine does it, with the claims of the volumes.
    forget: async () => {},
  };
}
