import type { ResourceKind } from '../../core/contracts/index.ts';
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
