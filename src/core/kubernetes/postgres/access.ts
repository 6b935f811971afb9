import type { ResolvedResource } from '../../manifest/index.ts';
import { bindingWord, secretsIn } from '../../manifest/index.ts';
import { selectorOf } from '../labels.ts';
import { type Peer, PUBLIC } from '../network/peers.ts';
import { type BoundVariable, fromSecret, textVariable } from '../variables.ts';
import type { KubernetesWish } from '../wish.ts';
import { clusterName, clusterSelector } from './cluster.ts';
import { credentialsOf, DATABASE, PORT } from './stateful-set.ts';

/** The variable with the address of a database, as whoever uses it gets it. */
export function databaseAddress(
  name: string,
  resource: ResolvedResource,
  wish: KubernetesWish,
): BoundVariable {
  if (resource.external !== null) return externalAddress(name, resource.name, resource.external, wish);
  if (wish.options.postgres.kind === 'cloudnative-pg')
    return { before: [], variable: fromSecret(name, `${clusterName(resource, wish)}-app`, 'uri') };
  const password = `ESCALE_RESOURCE_${bindingWord(resource.name)}_PASSWORD`;
  return {
    before: [fromSecret(password, credentialsOf(resource), 'password')],
    variable: { name, value: `postgres://${DATABASE}:$(${password})@${resource.name}:${PORT}/${DATABASE}` },
  };
}

/** A secret inside an address would have to be encoded, which a cluster can't: the whole address is then one. */
function externalAddress(
  name: string,
  resource: string,
  address: string,
  wish: KubernetesWish,
): BoundVariable {
  const [secret] = secretsIn(address);
  if (secret === undefined || address === `\${secret.${secret}}`)
    return textVariable(name, address, wish.options.secret);
  return { before: [], variable: fromSecret(name, addressSecretOf(resource), 'url') };
}

/** Where the address of a database elsewhere is, when a secret is a part of it. */
export function addressSecretOf(resource: string): string {
  return `${resource}-address`;
}

/** Where a database is, for rules of the network. */
export function databasePeers(
  resource: ResolvedResource,
  wish: KubernetesWish,
): { to: Peer[]; port: number | null } {
  if (resource.external !== null) return { to: PUBLIC.everywhere, port: portOf(resource.external) };
  const own =
    wish.options.postgres.kind === 'cloudnative-pg'
      ? clusterSelector(resource, wish)
      : selectorOf(wish, resource.name);
  return { to: [{ podSelector: { matchLabels: own } }], port: PORT };
}

/** Null: it is part of a secret. */
function portOf(address: string): number | null {
  if (!URL.canParse(address)) return null;
  const { port } = new URL(address);
  return port === '' ? PORT : Number(port);
}
