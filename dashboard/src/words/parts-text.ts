import type { Rule } from './text-rule.ts';

const STATES: Record<string, string> = {
  starting: 'démarre',
  unready: 'n’est pas prête',
  stopping: 's’arrête',
  stopped: 'est arrêtée',
};

/** What the server says of databases, jobs, and who needs whom. */
export const PARTS_RULES: Rule[] = [
  // Why a database does not answer.
  [/^it is not running$/, () => 'elle ne tourne pas'],
  [/^not asked yet$/, () => 'pas encore interrogée'],
  [/^nothing listens on (\S+)$/, ([where]) => `rien n’écoute sur ${where}`],
  [/^the name (\S+) is not known$/, ([host]) => `le nom ${host} est inconnu`],
  [/^the name (\S+) can't be looked up now$/, ([host]) => `le nom ${host} ne peut être résolu à présent`],
  [/^no way leads to (\S+)$/, ([host]) => `aucun chemin ne mène à ${host}`],
  [/^(\S+) ended the connection$/, ([where]) => `${where} a coupé la connexion`],
  [
    /^(\S+) does not answer( in time)?$/,
    ([where, late]) => `${where} ne répond pas${late ? ' à temps' : ''}`,
  ],
  [
    /^the certificate of (\S+) can't be trusted$/,
    ([where]) => `le certificat de ${where} n’est pas digne de foi`,
  ],
  [/^(\S+) offers no TLS$/, ([where]) => `${where} ne propose pas TLS`],
  [
    /^(\S+) wants a password, and there is none$/,
    ([where]) => `${where} demande un mot de passe, et il n’y en a pas`,
  ],
  [/^was stopped meanwhile$/, () => 'a été arrêtée entre-temps'],
  [/^refuses the password of (\S+)$/, ([user]) => `refuse le mot de passe de ${user}`],
  [
    /^does not let (\S+) in to (.+?): (.+)$/s,
    ([user, name, why]) => `ne laisse pas ${user} entrer dans ${name} : ${why}`,
  ],
  [/^has no database (.+)$/, ([name]) => `n’a pas de base ${name}`],
  [
    /^has no connection left: all that it allows are in use$/,
    () => 'n’a plus de connexion libre : toutes celles qu’elle permet sont prises',
  ],
  [/^is starting up$/, () => 'démarre'],
  [/^is shutting down$/, () => 's’arrête'],
  [/^is recovering after a crash$/, () => 'se rétablit après un plantage'],
  [
    /^its address can’t be read: it should look like (\S+)$/,
    ([form]) => `son adresse est illisible : elle devrait avoir la forme ${form}`,
  ],
  [
    /^its address says sslmode=(.+), which is not one of libpq's$/,
    ([mode]) => `son adresse dit sslmode=${mode}, que libpq ne connaît pas`,
  ],
  [/^did not answer within ([\d.]+) s$/, ([s]) => `n’a pas répondu en ${number(s!)} s`],
  [
    /^the data folder (.+) is not there, or not whole$/,
    ([folder]) => `le dossier de données ${folder} n’est pas là, ou pas entier`,
  ],
  [
    /^the data in (.+) is of PostgreSQL (\S+), and Escale brings (\S+)$/,
    ([folder, found, ours]) =>
      `les données de ${folder} sont de PostgreSQL ${found}, et Escale apporte ${ours}`,
  ],
  [
    /^processes of a former server still use (.+)$/,
    ([folder]) => `des processus d’un serveur précédent utilisent encore ${folder}`,
  ],
  [
    /^something else works on (.+) for more than a minute$/,
    ([folder]) => `autre chose travaille sur ${folder} depuis plus d’une minute`,
  ],
  [
    /^the package (\S+), which holds PostgreSQL's programs, is not there$/,
    ([name]) => `le paquet ${name}, qui contient les programmes de PostgreSQL, n’est pas là`,
  ],
  // Looking into one.
  [
    /^it took longer than ([\d.]+) s and was ended$/,
    ([s]) => `a pris plus de ${number(s!)} s et a été interrompue`,
  ],
  [
    /^there is no table "(.+)"; there is (.+)$/s,
    ([name, names]) => `il n’y a pas de table « ${name} » ; il y a ${listed(names!)}`,
  ],
  [
    /^(.+) has no column "(.+)"; it has (.+)$/s,
    ([table, name, names]) => `${table} n’a pas de colonne « ${name} » ; elle a ${listed(names!)}`,
  ],
  [/^(\S+) of (\S+) is being started$/, ([name, system]) => `${name} de ${system} est en cours de démarrage`],
  [/^(\S+) is no database$/, ([name]) => `${name} n’est pas une base de données`],
  [/^(\S+) has no resources$/, ([system]) => `${system} n’a aucune ressource`],
  [/^(\S+) has several resources$/, ([system]) => `${system} a plusieurs ressources`],
  [/^(\S+) has no resource "(.+)"$/, ([system, name]) => `${system} n’a pas de ressource « ${name} »`],
  [/^Its resources are: (.+)\.$/, ([names]) => `Ses ressources sont : ${listed(names!)}.`],
  [/^Name one: (.+)\.$/, ([names]) => `Nommez-en une : ${names}.`],
  // Jobs.
  [
    /^took longer than ([\d.]+) s and was ended$/,
    ([s]) => `a duré plus de ${number(s!)} s et a été terminée`,
  ],
  [/^the run before it still goes on$/, () => 'l’exécution précédente dure encore'],
  [/^its system was taken down$/, () => 'son système a été mis à l’arrêt'],
  [/^(.+): it is run again$/s, ([why], french) => `${french(why!) ?? why} : elle est relancée`],
  [/^(\S+) has no job "(.+)"$/, ([system, job]) => `${system} n’a pas de tâche « ${job} »`],
  [/^Its jobs are: (.+)\.$/, ([names]) => `Ses tâches sont : ${listed(names!)}.`],
  [
    /^what its databases and volumes kept was removed$/,
    () => 'ce que ses bases et ses volumes gardaient a été supprimé',
  ],
  // Secrets.
  [
    /^the secret (\w+) has another value: it is used by (.+)$/,
    ([name, users]) => `le secret ${name} a une autre valeur : s’en servent ${users}`,
  ],
  [
    /^(\S+) needs a secret that is not set in (\S+): (.+)$/,
    ([system, where, name]) =>
      `${system} a besoin d’un secret qui n’est pas enregistré dans ${where} : ${name}`,
  ],
  [
    /^(\S+) needs secrets that are not set in (\S+): (.+)$/,
    ([system, where, names]) =>
      `${system} a besoin de secrets qui ne sont pas enregistrés dans ${where} : ${names}`,
  ],
  [/^Set (?:it|each), then do it again: (.+)\.$/, ([how]) => `Enregistrez, puis recommencez : ${how}.`],
  [
    /^the secret (\w+) of (\S+) is not set any more$/,
    ([name, system]) => `le secret ${name} de ${system} n’est plus enregistré`,
  ],
  [
    /^the secret (\w+) of (\S+) can't be decrypted$/,
    ([name, system]) => `le secret ${name} de ${system} ne peut être déchiffré`,
  ],
  [
    /^the secrets of (\S+) can't be read$/,
    ([environment]) => `les secrets de ${environment} sont illisibles`,
  ],
  [/^the key of the secrets is not there$/, () => 'la clé des secrets n’est pas là'],
  [/^the key of the secrets holds no key$/, () => 'le fichier de la clé des secrets n’en contient pas'],
  [/^the key of the secrets can be read by others$/, () => 'la clé des secrets peut être lue par d’autres'],
  [
    /^the address of (\S+) can't be used once (.+) stands in it$/,
    ([name, secrets]) => `l’adresse de ${name} est inutilisable une fois que ${secrets} y figure`,
  ],
  // Who needs whom.
  [/^no instance of (\S+) is ready$/, ([service]) => `aucune instance de ${service} n’est prête`],
  [/^(\S+) does not run here$/, ([service]) => `${service} ne tourne pas ici`],
  [/^(\S+) is (starting|unready|stopping|stopped)$/, ([name, state]) => `${name} ${STATES[state!]}`],
  [/^(\S+ )?waits for (\S+): (.+)$/s, ([who, what, why], french) => waiting(who!, what!, french(why!))],
  [
    /^([\w./-]+): (.+)$/s,
    ([name, why], french) => {
      const known = french(why!);
      return known === null ? null : `${name} : ${known}`;
    },
  ],
];

function waiting(who: string, what: string, why: string | null): string | null {
  return why === null ? null : `${who}attend ${what} : ${why}`;
}

function number(text: string): string {
  return new Intl.NumberFormat('fr').format(Number(text));
}

/** `a, b and 3 more`; `none`. */
function listed(names: string): string {
  if (names === 'none') return 'aucune';
  return names.replace(/ and (\d+) more$/, ' et $1 de plus');
}
