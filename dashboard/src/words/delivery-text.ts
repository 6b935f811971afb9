import type { Rule } from './text-rule.ts';

const ROLES: Record<string, string> = {
  'an admin': 'un administrateur',
  'a deployer': 'un livreur (deployer)',
  'a viewer': 'qui peut regarder',
};

/** What the server says on the way from a commit to an environment. */
export const DELIVERY_RULES: Rule[] = [
  // Pipelines.
  [/^as in run (\d+)$/, ([run]) => `comme dans l’exécution ${run}`],
  [
    /^run (\d+) came for a newer commit$/,
    ([run]) => `l’exécution ${run} est venue pour un commit plus récent`,
  ],
  [/^(\S+) cancelled it$/, ([who]) => `${who} l’a annulée`],
  [/^could not begin: (.+)$/s, ([why], french) => `n’a pas pu commencer : ${french(why!) ?? why}`],
  [/^what it needs did not succeed$/, () => 'ce dont elle a besoin n’a pas réussi'],
  [/^(\S+) did not succeed$/, ([step]) => `${step} n’a pas réussi`],
  [/^(\S+) failed$/, ([step]) => `${step} a échoué`],
  [/^it left no report$/, () => 'elle n’a pas laissé de rapport'],
  [
    /^run (\d+)( of \S+)? by (\S+?)(?:: (.+))?$/s,
    ([run, of, by, why], french) => {
      const what = `exécution ${run}${of!.replace(/^ of /, ' de ')} par ${by}`;
      return why === '' ? what : `${what} : ${french(why!) ?? why}`;
    },
  ],
  // Promotion.
  [
    /^release (\d+) was made of an uncommitted tree$/,
    ([release]) => `la version ${release} a été faite d’un travail hors commit`,
  ],
  [/^(\S+) can’t be promoted to itself$/, ([where]) => `${where} ne peut être promu vers lui-même`],
  [
    /^releases come to (\S+) from (\S+) only$/,
    ([to, from]) => `les versions ne viennent à ${to} que de ${from}`,
  ],
  [
    /^release (\d+) was never taken in (\S+)$/,
    ([release, where]) => `la version ${release} n’a jamais été adoptée dans ${where}`,
  ],
  [
    /^release (\d+) was taken in no other environment yet$/,
    ([release]) => `la version ${release} n’a encore été adoptée dans aucun autre environnement`,
  ],
  [/^it comes from where you may not look$/, () => 'elle vient d’où vous ne pouvez pas regarder'],
  [/^release (\d+) runs in (\S+)$/, ([release, where]) => `la version ${release} tourne dans ${where}`],
  [
    /^release (\d+) was not taken in (\S+): (.+)$/s,
    ([release, where, why], french) =>
      `la version ${release} n’a pas été adoptée dans ${where} : ${french(why!) ?? why}`,
  ],
  [
    /^release (\d+) was not taken in (\S+) before \((.+)\); it is not tried again until something changes$/s,
    ([release, where, why], french) =>
      `la version ${release} n’a pas été adoptée dans ${where} auparavant (${french(why!) ?? why}) ; elle n’est pas essayée à nouveau tant que rien ne change`,
  ],
  [
    /^release (\d+) waits for the approval of (an admin|a deployer|a viewer) of (\S+) \(`(.+)`\)$/,
    ([release, who, where, command]) =>
      `la version ${release} attend l’accord d’${ROLES[who!]!.replace(/^qui/, 'une personne qui')} de ${where} (\`${command}\`)`,
  ],
  [/^(\S+) asks for an approval$/, ([who]) => `${who} demande un accord`],
  [/^(\S+) may not deploy to (\S+)$/, ([who, where]) => `${who} ne peut livrer à ${where}`],
  [
    /^(\S+) is no (viewer|deployer|admin) in (\S+)$/,
    ([who, role, where]) => `${who} n’est pas ${role} dans ${where}`,
  ],
  [
    /^nothing waits for an approval under the number (\d+)$/,
    ([number]) => `rien n’attend d’accord sous le numéro ${number}`,
  ],
  // Drift.
  [
    /^(\d+) of (\S+) (?:is|are) wanted, the release says (\d+)$/,
    ([count, service, says]) => `${count} de ${service} demandées, la version dit ${says}`,
  ],
  [
    /^(\S+) runs with an older value of (\S+) than the one that is set$/,
    ([service, name]) => `${service} tourne avec une valeur de ${name} plus ancienne que celle enregistrée`,
  ],
  [
    /^files of (\S+) were changed on this host since they were delivered$/,
    ([service]) => `des fichiers de ${service} ont été changés sur cette machine depuis leur livraison`,
  ],
];
