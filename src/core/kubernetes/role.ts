import { accountOf } from './account.ts';
import { appliedKinds } from './kinds.ts';
import { type Labelled, metadataOf } from './labels.ts';
import { freeName } from './names.ts';
import type { KubernetesObject } from './object.ts';
import type { KindChoice, KubernetesWish } from './wish.ts';

/** What server-side apply, comparing, waiting and removing need. */
const APPLY = ['create', 'delete', 'get', 'list', 'patch', 'watch'];
const LOOK = ['get', 'list', 'watch'];
const GROUP = 'rbac.authorization.k8s.io';

/** An account of the cluster. */
export interface Account {
  namespace: string;
  name: string;
}

/**
 * The account that Escale's engine uses in the namespace of a system, and its rights: to apply what it renders, and to see
 * what becomes of it. Nothing outside of the namespace. `account`: one that is there already, instead of one of its own.
 */
export function renderRights(wish: KubernetesWish, account: Account | null = null): KubernetesObject[] {
  const of: Labelled = { name: freeName('escale', wish.system), component: 'engine' };
  const metadata = metadataOf(wish, of);
  const { namespace } = wish.options;
  return [
    ...(account === null ? [accountOf(of, wish)] : []),
    { apiVersion: `${GROUP}/v1`, kind: 'Role', metadata, rules: rulesOf(wish) },
    {
      apiVersion: `${GROUP}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: GROUP, kind: 'Role', name: of.name },
      subjects: [{ kind: 'ServiceAccount', ...(account ?? { name: of.name, namespace }) }],
    },
  ];
}

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** One thing that the engine may do. */
export interface Right {
  group: string;
  /** `pods/log` for what is below one. */
  resource: string;
  verb: string;
}

/** All that the rendered Role allows, one by one. */
export function rightsNeeded(chosen: { options: KindChoice }): Right[] {
  return rulesOf(chosen).flatMap(({ apiGroups: [group], resources, verbs }) =>
    resources.flatMap((resource) => verbs.map((verb) => ({ group: group!, resource, verb }))),
  );
}

function rulesOf(wish: { options: KindChoice }): Rule[] {
  const kinds = appliedKinds(wish);
  const groups = [...new Set(kinds.map(({ group }) => group))];
  const applied = groups.map((group) => {
    const resources = kinds.filter((kind) => kind.group === group).map(({ resource }) => resource);
    return { apiGroups: [group], resources, verbs: APPLY };
  });
  return [
    ...applied,
    // An instance that is to be replaced is deleted.
    { apiGroups: [''], resources: ['pods'], verbs: ['delete', ...LOOK] },
    { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
    // A WebSocket begins with GET, and newer clusters ask for the right to create as well.
    { apiGroups: [''], resources: ['pods/exec', 'pods/portforward'], verbs: ['create', 'get'] },
    { apiGroups: [''], resources: ['events'], verbs: LOOK },
    // Data goes when somebody says so.
    { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['delete', 'list'] },
    { apiGroups: ['apps'], resources: ['controllerrevisions', 'replicasets'], verbs: LOOK },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: LOOK },
  ];
}
