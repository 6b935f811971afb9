import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IHTTPRouteSpec } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRouteSpec';
import type { EscaleError } from '../../errors/index.ts';
import { type Routing, renderSystem } from '../index.ts';
import { objectOf, objectsOf, podIn } from '../testing/find.ts';
import { EVERYTHING, HELLO, TASKS } from '../testing/systems.ts';
import { wishFor } from '../testing/wish.ts';

const routed = (file: typeof HELLO, routing: Routing) => wishFor(file, { routing });

test('Gateway API: the longest prefix first, cut off and told', () => {
  const wish = wishFor(TASKS, {
    routing: { kind: 'gateway-api', gateway: { name: 'web', namespace: null } },
  });
  assert.deepEqual(objectOf(wish, 'HTTPRoute', 'production.tasks.localhost').spec, {
    parentRefs: [{ name: 'web' }],
    hostnames: ['production.tasks.localhost'],
    rules: [
      {
        matches: [{ path: { type: 'PathPrefix', value: '/api' } }],
        filters: [
          {
            type: 'RequestHeaderModifier',
            requestHeaderModifier: { set: [{ name: 'X-Forwarded-Prefix', value: '/api' }] },
          },
          {
            type: 'URLRewrite',
            urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } },
          },
        ],
        backendRefs: [{ name: 'api', port: 80 }],
      },
      {
        matches: [{ path: { type: 'PathPrefix', value: '/' } }],
        backendRefs: [{ name: 'web', port: 80 }],
      },
    ],
  } satisfies IHTTPRouteSpec);
});

test('a host of many prefixes is several routes, because one has 16 rules at most', () => {
  const prefixes = Array.from({ length: 20 }, (_, number) => [`a.example.org/p${number}`, 'web']);
  const file = { ...HELLO, routes: Object.fromEntries(prefixes) };
  const routes = objectsOf(wishFor(file)).filter(({ kind }) => kind === 'HTTPRoute');
  assert.deepEqual(
    routes.map(({ metadata, spec }) => [metadata.name, (spec as IHTTPRouteSpec).rules!.length]),
    [
      ['production.a.example.org', 16],
      ['production.a.example.org.2', 4],
    ],
  );
});

test('Ingress: a host without prefixes needs no class; prefixes are cut in the words of nginx or Traefik', () => {
  assert.deepEqual(
    objectOf(routed(HELLO, { kind: 'ingress', className: null }), 'Ingress', 'production.hello.localhost')
      .spec,
    {
      rules: [
        {
          host: 'production.hello.localhost',
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: 'web', port: { name: 'http' } } },
              },
            ],
          },
        },
      ],
    },
  );
  const nginx = objectOf(
    routed(EVERYTHING, { kind: 'ingress', className: 'nginx' }),
    'Ingress',
    'production.shop.example.org.cut-5b885e36',
  );
  assert.deepEqual(nginx.metadata.annotations, {
    'nginx.ingress.kubernetes.io/use-regex': 'true',
    'nginx.ingress.kubernetes.io/rewrite-target': '/$2',
    'nginx.ingress.kubernetes.io/x-forwarded-prefix': '/a.b/c_d',
  });
  assert.deepEqual(nginx.spec, {
    ingressClassName: 'nginx',
    rules: [
      {
        host: 'production.shop.example.org',
        http: {
          paths: [
            {
              path: '/a\\.b/c_d(/|$)(.*)',
              pathType: 'ImplementationSpecific',
              backend: { service: { name: 'api', port: { name: 'http' } } },
            },
          ],
        },
      },
    ],
  });
  const traefik = routed(TASKS, { kind: 'ingress', className: 'traefik' });
  assert.deepEqual(objectOf(traefik, 'Middleware', 'production.tasks.localhost.cut-702acf7c').spec, {
    stripPrefix: { prefixes: ['/api'] },
  });
  assert.deepEqual(
    objectOf(traefik, 'Ingress', 'production.tasks.localhost.cut-702acf7c').metadata.annotations,
    {
      'traefik.ingress.kubernetes.io/router.middlewares':
        'tasks-production-production.tasks.localhost.cut-702acf7c@kubernetescrd',
    },
  );
});

test('NodePort and LoadBalancer: the routed services themselves, no others', () => {
  const typesOf = (kind: 'node-port' | 'load-balancer') =>
    ['api', 'web'].map((name) => {
      const routes = { 'tasks.localhost': 'web' };
      return (objectOf(routed({ ...TASKS, routes }, { kind }), 'Service', name).spec as { type: string })
        .type;
    });
  assert.deepEqual(typesOf('node-port'), ['ClusterIP', 'NodePort']);
  assert.deepEqual(typesOf('load-balancer'), ['ClusterIP', 'LoadBalancer']);
});

test('images of others, a way in that can’t cut prefixes, schedules without words: all of it is refused at once', () => {
  const jobs = { late: { image: 'ghcr.io/x/late:1', schedule: '0 0 L * *' } };
  const refused = (routing: Routing, messages: string[]) =>
    assert.throws(
      () => renderSystem(routed({ ...TASKS, jobs, resources: {}, services: TASKS.services }, routing)),
      (error: EscaleError) => {
        assert.equal(error.code, 'kubernetes-impossible');
        assert.deepEqual(error.message.split('\n'), messages);
        return true;
      },
    );
  const image = 'jobs.late.image: not built yet for Kubernetes, where commands and static folders run';
  const late =
    'jobs.late.schedule: "0 0 L * *" has words that a CronJob does not know; numbers, names, ranges and steps it does';
  refused({ kind: 'node-port' }, [
    ...[image, late],
    'routes.production.tasks.localhost/api: with node-port each service has a port of its own and no prefixes; use gateway-api, or ingress with a class',
  ]);
  refused({ kind: 'ingress', className: 'haproxy' }, [
    ...[image, late],
    'routes.production.tasks.localhost/api: an Ingress of class haproxy can’t cut a prefix; use gateway-api, or the class nginx or traefik',
  ]);
});

test('Escale’s own gateway: on each node, at one port, with no right but to see where pods are and what its rules are', () => {
  const expose = { type: 'NodePort', port: 30_080 } as const;
  const wish = routed(TASKS, {
    kind: 'escale-gateway',
    image: 'r.example.org/gateway@sha256:1',
    instances: 'every-node',
    expose,
  });
  const selector = {
    'app.kubernetes.io/name': 'gateway',
    'app.kubernetes.io/instance': 'tasks-production',
  };
  assert.deepEqual(objectOf(wish, 'Service', 'gateway').spec, {
    type: 'NodePort',
    externalTrafficPolicy: 'Local',
    selector,
    ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP', nodePort: 30_080 }],
  });
  assert.deepEqual(objectOf(wish, 'Role', 'gateway').rules, [
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
    {
      ...{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['gateway'] },
      verbs: ['get', 'list', 'watch'],
    },
  ]);
  const workload = objectOf(wish, 'DaemonSet', 'gateway').spec as { updateStrategy: object };
  assert.deepEqual(workload.updateStrategy, {
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
  });
  assert.equal(podIn(objectOf(wish, 'DaemonSet', 'gateway')).terminationGracePeriodSeconds, 51);
  const { data } = objectOf(wish, 'ConfigMap', 'gateway') as unknown as { data: Record<string, string> };
  const table = JSON.parse(data['rules.json']!);
  assert.deepEqual(Object.keys(table.services), ['web', 'api', 'weather']);
  assert.deepEqual(table.services.api, {
    drain: { requestsMs: 30_000, upgradesMs: 30_000 },
    hold: { timeoutMs: 30_000, max: 1000 },
    responseTimeoutMs: 60_000,
  });
  const { ingress } = objectOf(wish, 'NetworkPolicy', 'web').spec as { ingress: object[] };
  assert.deepEqual(ingress[1], {
    from: [{ podSelector: { matchLabels: selector } }],
    ports: [{ protocol: 'TCP', port: 8000 }],
  });
});
