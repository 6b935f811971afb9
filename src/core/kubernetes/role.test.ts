import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KubernetesOptions, renderRights } from './index.ts';
import { objectsOf } from './testing/find.ts';
import { EVERYTHING } from './testing/systems.ts';
import { wishFor } from './testing/wish.ts';

const APPLY = ['create', 'delete', 'get', 'list', 'patch', 'watch'];
const LOOK = ['get', 'list', 'watch'];

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

function rulesFor(options: Partial<KubernetesOptions>): Rule[] {
  return renderRights(wishFor(EVERYTHING, options))[1]!.rules as Rule[];
}

test('the rights of the engine, whole: what it renders, and seeing what becomes of it, in one namespace', () => {
  const rights = renderRights(wishFor(EVERYTHING));
  assert.deepEqual(
    rights.map(({ kind, metadata }) => [kind, metadata.name, metadata.namespace]),
    [
      ['ServiceAccount', 'escale', 'shop-production'],
      ['Role', 'escale', 'shop-production'],
      ['RoleBinding', 'escale', 'shop-production'],
    ],
  );
  assert.deepEqual(rights[1]!.rules, [
    { apiGroups: [''], resources: ['configmaps', 'secrets', 'serviceaccounts', 'services'], verbs: APPLY },
    { apiGroups: ['apps'], resources: ['daemonsets', 'deployments', 'statefulsets'], verbs: APPLY },
    { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: APPLY },
    { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: APPLY },
    { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: APPLY },
    { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: APPLY },
    { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'], verbs: APPLY },
    { apiGroups: [''], resources: ['pods'], verbs: ['delete', ...LOOK] },
    { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods/exec', 'pods/portforward'], verbs: ['create', 'get'] },
    { apiGroups: [''], resources: ['events'], verbs: LOOK },
    { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['delete', 'list'] },
    { apiGroups: ['apps'], resources: ['controllerrevisions', 'replicasets'], verbs: LOOK },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: LOOK },
  ]);
  assert.deepEqual(rights[2]!.subjects, [
    { kind: 'ServiceAccount', name: 'escale', namespace: 'shop-production' },
  ]);
});

test('an account that is there already gets the same rights in the namespace, and none is made', () => {
  const own = renderRights(wishFor(EVERYTHING));
  const named = renderRights(wishFor(EVERYTHING), { namespace: 'escale', name: 'escale' });
  assert.deepEqual(named, [
    own[1],
    { ...own[2], subjects: [{ kind: 'ServiceAccount', namespace: 'escale', name: 'escale' }] },
  ]);
});

const CHOICES: Partial<KubernetesOptions>[] = [
  {},
  { routing: { kind: 'ingress', className: 'traefik' } },
  {
    routing: {
      kind: 'escale-gateway',
      image: 'x',
      instances: 2,
      expose: { type: 'LoadBalancer' },
    },
    postgres: { kind: 'cloudnative-pg', instances: 1, image: null },
  },
];

test('every kind that is rendered may be applied, and what a Role grants is held', () => {
  for (const options of CHOICES) {
    const rules = rulesFor(options);
    const may = (group: string, resource: string, verb: string) =>
      rules.some(
        (rule) =>
          rule.apiGroups.includes(group) && rule.resources.includes(resource) && rule.verbs.includes(verb),
      );
    for (const { apiVersion, kind, ...object } of objectsOf(wishFor(EVERYTHING, options))) {
      if (kind === 'Namespace') continue;
      const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
      const resource = `${kind.toLowerCase()}s`.replace(/(s|y)s$/, (_, end) => (end === 'y' ? 'ies' : 'ses'));
      for (const verb of APPLY) assert.ok(may(group, resource, verb), `${verb} ${group}/${resource}`);
      if (kind !== 'Role') continue;
      for (const granted of object.rules as Rule[])
        for (const verb of granted.verbs) assert.ok(may(granted.apiGroups[0]!, granted.resources[0]!, verb));
    }
  }
  assert.equal(
    rulesFor({}).some(({ resources }) =>
      resources.some((resource) => /roles|ingress|clusters|\*/.test(resource)),
    ),
    false,
  );
});
