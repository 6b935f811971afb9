import { createHash } from 'node:crypto';
import type { ResolvedRoute } from '../../manifest/index.ts';
import { metadataOf } from '../labels.ts';
import type { KubernetesObject } from '../object.ts';
import type { KubernetesWish, Routing } from '../wish.ts';
import { hostName, routesByHost } from './names.ts';

type Ingress = Extract<Routing, { kind: 'ingress' }>;

/** One path of a host, for the controller that cuts its prefix. */
interface CutPath {
  route: ResolvedRoute;
  /** Of the object. */
  name: string;
  wish: KubernetesWish;
}

interface Cutting {
  annotations: Record<string, string>;
  path: { path: string; pathType: string };
  /** What has to be there beside it. */
  beside: KubernetesObject[];
}

/** `Ingress` itself can't cut a prefix: each controller has words of its own for it. */
const CUTTERS: Record<string, (path: CutPath) => Cutting> = {
  nginx: ({ route: { prefix } }) => ({
    annotations: {
      'nginx.ingress.kubernetes.io/use-regex': 'true',
      'nginx.ingress.kubernetes.io/rewrite-target': '/$2',
      'nginx.ingress.kubernetes.io/x-forwarded-prefix': prefix,
    },
    path: {
      path: `${prefix.replaceAll(/[.*+?^$()[\]{}|\\]/g, '\\$&')}(/|$)(.*)`,
      pathType: 'ImplementationSpecific',
    },
    beside: [],
  }),
  traefik: ({ route: { prefix }, name, wish }) => ({
    annotations: {
      'traefik.ingress.kubernetes.io/router.middlewares': `${wish.options.namespace}-${name}@kubernetescrd`,
    },
    path: { path: prefix, pathType: 'Prefix' },
    beside: [
      {
        apiVersion: 'traefik.io/v1alpha1',
        kind: 'Middleware',
        metadata: metadataOf(wish, systemLabels(wish), name),
        spec: { stripPrefix: { prefixes: [prefix] } },
      },
    ],
  }),
};

/** Classes of Ingress that can cut a prefix. */
export const CUTTING_CLASSES = Object.keys(CUTTERS);

/** An `Ingress` for each host, and one for each prefix of it, because what cuts it counts for a whole object. */
export function ingresses(wish: KubernetesWish, { className }: Ingress): KubernetesObject[] {
  const hosts = routesByHost(wish.system);
  const names = hosts.map(([host]) => host);
  return hosts.flatMap(([host, routes]) =>
    routes.flatMap((route) => {
      const name = `${hostName(host, names)}${cutName(route)}`;
      return ingressOf({ route, name, wish }, className);
    }),
  );
}

/** A prefix has letters that a name can't have: it is there as its hash. */
function cutName({ prefix }: ResolvedRoute): string {
  if (prefix === '/') return '';
  return `.cut-${createHash('sha256').update(prefix).digest('hex').slice(0, 8)}`;
}

function ingressOf(path: CutPath, className: string | null): KubernetesObject[] {
  const { route, name, wish } = path;
  const cutting = route.prefix === '/' || className === null ? null : CUTTERS[className]!(path);
  const metadata = metadataOf(wish, systemLabels(wish), name);
  const backend = { service: { name: route.service, port: { name: 'http' } } };
  const paths = [{ ...(cutting?.path ?? { path: '/', pathType: 'Prefix' }), backend }];
  return [
    ...(cutting?.beside ?? []),
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: cutting === null ? metadata : { ...metadata, annotations: cutting.annotations },
      spec: {
        ...(className !== null && { ingressClassName: className }),
        rules: [{ host: route.host, http: { paths } }],
      },
    },
  ];
}

function systemLabels({ system }: KubernetesWish) {
  return { name: system.name, component: 'system' } as const;
}
