import type { ResolvedRoute } from '../../manifest/index.ts';
import { metadataOf } from '../labels.ts';
import type { KubernetesObject } from '../object.ts';
import type { KubernetesWish, Routing } from '../wish.ts';
import { hostName, routesByHost } from './names.ts';

const GROUP = 'gateway.networking.k8s.io/v1';
/** A route of a Gateway has no more rules. */
const MOST_RULES = 16;

type GatewayApi = Extract<Routing, { kind: 'gateway-api' }>;

/** An `HTTPRoute` for each host. */
export function gatewayRoutes(wish: KubernetesWish, routing: GatewayApi): KubernetesObject[] {
  const hosts = routesByHost(wish.system);
  const names = hosts.map(([host]) => host);
  return hosts.flatMap(([host, own]) =>
    chunks(own, MOST_RULES).map((rules, index) => {
      const name = `${hostName(host, names)}${index === 0 ? '' : `.${index + 1}`}`;
      return routeOf(wish, routing, { name, host, rules });
    }),
  );
}

interface HostRules {
  name: string;
  host: string;
  rules: ResolvedRoute[];
}

function routeOf(
  wish: KubernetesWish,
  { gateway }: GatewayApi,
  { name, host, rules }: HostRules,
): KubernetesObject {
  const parent = gateway.namespace === null ? {} : { namespace: gateway.namespace };
  return {
    apiVersion: GROUP,
    kind: 'HTTPRoute',
    metadata: metadataOf(wish, { name: wish.system.name, component: 'system' }, name),
    spec: {
      parentRefs: [{ name: gateway.name, ...parent }],
      hostnames: [host],
      rules: rules.map(ruleOf),
    },
  };
}

function ruleOf({ prefix, service }: ResolvedRoute): object {
  return {
    matches: [{ path: { type: 'PathPrefix', value: prefix } }],
    ...(prefix !== '/' && { filters: cut(prefix) }),
    backendRefs: [{ name: service, port: 80 }],
  };
}

function cut(prefix: string): object[] {
  return [
    {
      type: 'RequestHeaderModifier',
      requestHeaderModifier: { set: [{ name: 'X-Forwarded-Prefix', value: prefix }] },
    },
    {
      type: 'URLRewrite',
      urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } },
    },
  ];
}

function chunks<Item>(items: Item[], size: number): Item[][] {
  return items.length <= size ? [items] : [items.slice(0, size), ...chunks(items.slice(size), size)];
}
