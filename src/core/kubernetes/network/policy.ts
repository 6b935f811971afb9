import { type Labelled, metadataOf } from '../labels.ts';
import { freeName } from '../names.ts';
import type { KubernetesObject } from '../object.ts';
import type { KubernetesWish } from '../wish.ts';
import type { Peer } from './peers.ts';

/** TCP ports; left out: all of them. Without `from` or `to`: everybody. */
export interface IncomingRule {
  from?: Peer[];
  ports?: number[];
}

export interface OutgoingRule {
  to?: Peer[];
  ports?: number[];
}

export interface Network {
  selector: Record<string, string>;
  ingress: IncomingRule[];
  egress: OutgoingRule[];
}

/** Nothing comes in, and nothing goes out but questions for names, unless another rule says so. */
export function denyByDefault(wish: KubernetesWish): KubernetesObject {
  const ports = ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 }));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(
      wish,
      { name: wish.system.name, component: 'system' },
      freeName('default-deny', wish.system),
    ),
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      // The second one is where a name server stands that each node has (NodeLocal DNSCache).
      egress: [{ to: [{ namespaceSelector: {} }, { ipBlock: { cidr: '169.254.20.10/32' } }], ports }],
    },
  };
}

/** What a part of the system may do on the network, as one object. */
export function policyOf(
  wish: KubernetesWish,
  of: Labelled,
  { selector, ingress, egress }: Network,
): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(wish, of),
    spec: {
      podSelector: { matchLabels: selector },
      policyTypes: ['Ingress', 'Egress'],
      ...(ingress.length > 0 && { ingress: ingress.map(withPorts) }),
      ...(egress.length > 0 && { egress: egress.map(withPorts) }),
    },
  };
}

function withPorts<Rule extends { ports?: number[] }>({ ports, ...rule }: Rule): object {
  return {
    ...rule,
    ...(ports !== undefined && { ports: ports.map((port) => ({ protocol: 'TCP', port })) }),
  };
}

/** The services and jobs of the system that use something of it; none: no peer. */
export function usersOf(name: string, { system }: KubernetesWish): Peer[] {
  const programs = [...Object.values(system.services), ...Object.values(system.jobs)];
  const values = programs.filter(({ uses }) => uses.includes(name)).map((program) => program.name);
  if (values.length === 0) return [];
  const matchExpressions = [{ key: 'app.kubernetes.io/name', operator: 'In' as const, values }];
  return [{ podSelector: { matchExpressions } }];
}
