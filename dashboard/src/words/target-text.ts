import type { Rule } from './text-rule.ts';

const ADDRESS = '(ssh://[^ ]+)';

/** What the server says of hosts elsewhere. */
export const TARGET_RULES: Rule[] = [
  [/^([a-z0-9-]+) answers$/, ([name]) => `${name} répond`],
  [
    /^(.+); the rollout goes on when it answers$/,
    ([why], say) => `${say(why!) ?? why} ; la suite viendra quand il répondra`,
  ],
  [
    /^([a-z0-9-]+) can't be reached: it is being connected$/,
    ([name]) => `${name} est injoignable : connexion en cours`,
  ],
  [
    new RegExp(`^${ADDRESS} can't be reached: the connection ended$`),
    ([address]) => `${address} est injoignable : la connexion a été coupée`,
  ],
  [
    new RegExp(`^${ADDRESS} can't be reached: (.+)$`),
    ([address, why]) => `${address} est injoignable : ${why}`,
  ],
  [
    new RegExp(`^the host key of ${ADDRESS} is not known here$`),
    ([address]) => `la clé de ${address} n’est pas connue ici`,
  ],
  [
    new RegExp(`^${ADDRESS} has another host key than the one that is known$`),
    ([address]) => `${address} a une autre clé que celle qui est connue`,
  ],
  [
    new RegExp(`^${ADDRESS} lets nobody in with the keys that .ssh. has here$`),
    ([address]) => `${address} refuse les clés que \`ssh\` a ici`,
  ],
  [
    new RegExp(`^nobody knows the host of ${ADDRESS}$`),
    ([address]) => `personne ne connaît l’hôte de ${address}`,
  ],
  [
    /^the host belongs to another Escale, which calls it (.+)$/,
    ([name]) => `l’hôte appartient à un autre Escale, qui le nomme ${name}`,
  ],
  [
    /^([a-z0-9-]+) can't be reached: (.+)$/,
    ([name, why], say) => `${name} est injoignable : ${say(why!) ?? why}`,
  ],
  [/^([a-z0-9-]+): (.+)$/, ([name, why], say) => wrapped(name!, say(why!))],
];

function wrapped(name: string, why: string | null): string | null {
  return why === null ? null : `${name} : ${why}`;
}
