import type { ResourceAt, ResourceKind } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { homeLayout } from '../../core/home/index.ts';
import { readerPassword } from '../../core/postgres/index.ts';
import type { DatabaseWay } from '../../engines/kubernetes/index.ts';
import type { Place } from '../place.ts';
import type { ResourceHost } from '../resource-host.ts';
import { kindElsewhere } from './kind-calls.ts';
import type { Link } from './link.ts';
import { throughTunnel } from './tunnel.ts';

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

/**
 * The databases of a cluster: looked into and copied through their pods; copies are on this host. Nothing is brought back into
 * one.
 */
export function resourcesInCluster(
  wayTo: (place: Place, name: string) => Promise<DatabaseWay>,
  here: ResourceHost,
): ResourceHost {
  return {
    ...here,
    kinds: here.kinds.map((kind) => kindInCluster(kind, wayTo)),
    // The engine does it, with the claims of the volumes.
    forget: async () => {},
  };
}

function kindInCluster(
  kind: ResourceKind,
  wayTo: (place: Place, name: string) => Promise<DatabaseWay>,
): ResourceKind {
  const within = async <T>(at: ResourceAt, work: (at: ResourceAt) => Promise<T>): Promise<T> => {
    if (at.external !== null) return work(at);
    const { passwords, open } = await wayTo(at, at.name);
    const reader = readerPassword(passwords.superuser);
    const names = { user: 'app', database: 'app', passwords: { ...passwords, reader } };
    return throughTunnel(open, (sockets) => work({ ...at, entry: { ...names, sockets } }));
  };
  const { database } = kind;
  const notHere = () => {
    throw new Error('a cluster does this');
  };
  return {
    ...kind,
    ...{ prepare: notHere, probe: notHere, bindings: notHere, size: notHere },
    backup: (at, ...rest) => within(at, (inside) => kind.backup(inside, ...rest)),
    restore: async ({ name }) => {
      throw new EscaleError(
        'cluster-lacks',
        `a copy can’t be brought back into ${name}, which is in a cluster, yet`,
        {
          next: 'It can be on a host: deploy the system there, and name the folder that `escale backup` printed: `escale restore SYSTEM FOLDER`.',
        },
      );
    },
    database: database && {
      query: (at, ...rest) => within(at, (inside) => database.query(inside, ...rest)),
      tables: (at, ...rest) => within(at, (inside) => database.tables(inside, ...rest)),
      rows: (at, ...rest) => within(at, (inside) => database.rows(inside, ...rest)),
    },
  };
}
