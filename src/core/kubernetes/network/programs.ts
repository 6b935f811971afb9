import { IMAGE_ADDRESS } from '../../image/index.ts';
import type { ResolvedJob, ResolvedService } from '../../manifest/index.ts';
import { ENVIRONMENT_LABEL, selectorOf, usesLabel } from '../labels.ts';
import { namespaceOf } from '../names.ts';
import { databasePeers } from '../postgres/index.ts';
import { gatewayName } from '../routing/names.ts';
import type { KubernetesWish } from '../wish.ts';
import { type Peer, PUBLIC } from './peers.ts';
import { type IncomingRule, type Network, type OutgoingRule, usersOf } from './policy.ts';

/** Who may call a service: those that use it, and, where it has a route, whoever brings requests from outside. */
export function networkOfService(service: ResolvedService, wish: KubernetesWish): Network {
  const users = [...usersOf(service.name, wish), usersElsewhere(service, wish)];
  const inside = service.port ? [{ from: users, ports: [IMAGE_ADDRESS.port] }] : [];
  return {
    selector: selectorOf(wish, service.name),
    ingress: [...inside, ...fromOutside(service, wish)],
    egress: outgoing(service, wish),
  };
}

export function networkOfJob(job: ResolvedJob, wish: KubernetesWish): Network {
  return { selector: selectorOf(wish, job.name), ingress: [], egress: outgoing(job, wish) };
}

function usersElsewhere({ name }: ResolvedService, { system }: KubernetesWish): Peer {
  return {
    namespaceSelector: { matchLabels: { [ENVIRONMENT_LABEL]: system.environment } },
    podSelector: { matchLabels: usesLabel(system.name, name) },
  };
}

/** Routers of clusters may run anywhere, also on a node's own network: a routed service is open to all of them. */
function fromOutside({ name }: ResolvedService, wish: KubernetesWish): IncomingRule[] {
  const { routing } = wish.options;
  if (routing.kind === 'none' || !wish.system.routes.some(({ service }) => service === name)) return [];
  const ports = [IMAGE_ADDRESS.port];
  if (routing.kind !== 'escale-gateway') return [{ ports }];
  const gateway = selectorOf(wish, gatewayName(wish.system));
  return [{ from: [{ podSelector: { matchLabels: gateway } }], ports }];
}

function outgoing({ uses }: { uses: string[] }, wish: KubernetesWish): OutgoingRule[] {
  const rules = uses.map((use) => ruleTo(use, wish));
  return wish.options.outbound ? [...rules, { to: PUBLIC.addresses }] : rules;
}

function ruleTo(use: string, wish: KubernetesWish): OutgoingRule {
  const { system } = wish;
  if (Object.hasOwn(system.resources, use)) {
    const { to, port } = databasePeers(system.resources[use]!, wish);
    return { to, ...(port !== null && { ports: [port] }) };
  }
  return { to: [peerOf(use, wish)], ports: [IMAGE_ADDRESS.port] };
}

function peerOf(use: string, wish: KubernetesWish): Peer {
  const [system, service] = use.split('/');
  if (service === undefined) return { podSelector: { matchLabels: selectorOf(wish, use) } };
  const namespace = namespaceOf(system!, wish.system.environment);
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: {
      matchLabels: { 'app.kubernetes.io/name': service, 'app.kubernetes.io/part-of': system! },
    },
  };
}
