import { DELIVERY_RULES } from './delivery-text.ts';
import type { Language } from './language.ts';
import { NEXT_RULES } from './next-text.ts';
import { PARTS_RULES } from './parts-text.ts';
import { TARGET_RULES } from './target-text.ts';
import type { Rule } from './text-rule.ts';

/** A sentence of the server for a reader; `known` is false where it stays in English. */
export interface ServerText {
  text: string;
  known: boolean;
}

/** The server speaks English; what it says often is said in French here. The rest keeps its language, and is marked. */
export function serverText(message: string, language: Language): ServerText {
  if (language === 'en') return { text: message, known: true };
  const text = inFrench(message);
  return text === null ? { text: message, known: false } : { text, known: true };
}

function inFrench(message: string): string | null {
  for (const [pattern, say] of [
    ...DELIVERY_RULES,
    ...RULES,
    ...PARTS_RULES,
    ...TARGET_RULES,
    ...NEXT_RULES,
  ]) {
    const match = pattern.exec(message);
    const parts = match?.slice(1).map((part) => part ?? '');
    const text = parts === undefined ? null : say(parts, inFrench);
    if (text !== null) return text;
  }
  return null;
}

/** A part of a sentence, in French where it is known. */
const part = (text: string) => inFrench(text) ?? text;
const number = (text: string) => new Intl.NumberFormat('fr').format(Number(text));
const KINDS: Record<string, string> = {
  deploy: 'livraison',
  promote: 'promotion',
  repair: 'réparation',
  rollback: 'retour arrière',
  restart: 'redémarrage',
  scale: 'mise à l’échelle',
};

const RULES: Rule[] = [
  [/^starting$/, () => 'démarre'],
  [/^started \(pid (\d+)\)$/, ([pid]) => `démarrée (pid ${pid})`],
  [/^adopted \(pid (\d+)\)$/, ([pid]) => `reprise (pid ${pid})`],
  [/^adopted, not probed yet$/, () => 'reprise, pas encore sondée'],
  [/^not probed yet$/, () => 'pas encore sondée'],
  [/^ready after (\d+) ms$/, ([ms]) => `prête après ${number(ms!)} ms`],
  [/^ready again$/, () => 'de nouveau prête'],
  [/^out of rotation, finishing what is in flight$/, () => 'hors rotation, finit ce qui est en cours'],
  [
    /^still there ([\d.]+) s after SIGTERM: SIGKILL$/,
    ([s]) => `encore là ${number(s!)} s après SIGTERM : SIGKILL`,
  ],
  [/^was ended by (\w+)$/, ([signal]) => `a été terminée par ${signal}`],
  [/^exited with code (\d+)$/, ([code]) => `est sortie avec le code ${code}`],
  [
    /^ended \(how is not known: .*\)$/,
    () => 'terminée (comment, on l’ignore : elle venait d’un superviseur précédent)',
  ],
  [/^went over its memory limit$/, () => 'a dépassé sa limite de mémoire'],
  [
    /^went over its memory limit of (\d+) MB$/,
    ([mb]) => `a dépassé sa limite de mémoire de ${number(mb!)} Mo`,
  ],
  [/^before it was ready, it (.+)$/s, ([rest]) => `avant d’être prête, ${part(rest!)}`],
  [/^was not ready within ([\d.]+) s: (.+)$/s, ([s, why]) => `pas prête en ${number(s!)} s : ${part(why!)}`],
  [/^not ready within ([\d.]+) s$/, ([s]) => `pas prête en ${number(s!)} s`],
  [/^failed (\d+) times in a row$/, ([count]) => `${count} échecs de suite`],
  [/^nothing listens there$/, () => 'rien n’y écoute'],
  [/^GET (\S+) answered (\d+)$/, ([path, status]) => `GET ${path} a répondu ${status}`],
  [/^GET (\S+): no HTTP answer$/, ([path]) => `GET ${path} : pas de réponse HTTP`],
  [/^(.+): no answer in (\d+) ms$/, ([what, ms]) => `${what} : pas de réponse en ${number(ms!)} ms`],
  [
    /^accepts connections, not yet for (\d+) ms$/,
    ([ms]) => `accepte les connexions, pas encore depuis ${number(ms!)} ms`,
  ],
  [/^port (\d+) is held by (.+)$/, ([port, holder]) => `le port ${port} est tenu par ${holder}`],
  [
    /^requests waited (\d+) ms while no instance was ready$/,
    ([ms]) => `des requêtes ont attendu ${number(ms!)} ms sans aucune instance prête`,
  ],
  [/^the gateway is away$/, () => 'la passerelle est absente'],
  [/^taken down$/, () => 'mis à l’arrêt'],
  [
    /^(deploy|promote|repair|rollback|restart|scale) to release (\d+)$/,
    ([kind, to]) => `${KINDS[kind!]} vers la version ${to}`,
  ],
  [/^release (\d+) runs$/, ([release]) => `la version ${release} tourne`],
  [
    /^release (\d+) was not taken: (.+); release (\d+) runs on$/s,
    ([to, why, from]) =>
      `la version ${to} n’a pas été adoptée : ${part(why!)} ; la version ${from} continue de tourner`,
  ],
  [
    /^release (\d+) was not taken: (.+); nothing runs$/s,
    ([to, why]) => `la version ${to} n’a pas été adoptée : ${part(why!)} ; rien ne tourne`,
  ],
  [/^a rollback was asked for$/, () => 'un retour arrière a été demandé'],
  [/^a newer deploy came$/, () => 'une livraison plus récente est arrivée'],
  [/^it was taken down$/, () => 'il a été mis à l’arrêt'],
  [
    /^a rollout is under way: returning to what ran before it$/,
    () => 'un déploiement est en cours : retour à ce qui tournait avant lui',
  ],
  [
    /^waiting for the rollout of (\S+) that is under way$/,
    ([system]) => `attend la fin du déploiement en cours de ${system}`,
  ],
  [/^(\S+) has no release (\d+)$/, ([system, release]) => `${system} n’a pas de version ${release}`],
  [/^there is no service "(.+)"$/, ([service]) => `il n’y a pas de service « ${service} »`],
  [/^Its services are: (.+)\.$/, ([names]) => `Ses services sont : ${names}.`],
  [
    /^(\S+): expected a number from 0 to (\d+), got (.+)$/,
    ([service, most, got]) => `${service} : un nombre de 0 à ${most} était attendu, et non ${got}`,
  ],
  [
    /^(\S+) keeps a volume, so it has one instance at most$/,
    ([service]) => `${service} garde un volume : une instance au plus`,
  ],
  [
    /^(\S+) is not up in (\S+)$/,
    ([system, environment]) => `${system} ne tourne pas dans l’environnement ${environment}`,
  ],
  [/^Start it: `(.+)`\.$/, ([command]) => `Lancez-le : « ${command} ».`],
  [/^Kept are: (.+)\.$/, ([numbers]) => `Sont conservées : ${numbers}.`],
  [/^no instance (\S+) runs here$/, ([id]) => `aucune instance ${id} ne tourne ici`],
  [
    /^the artifacts of release (\d+) of (\S+) are gone from this host$/,
    ([release, system]) =>
      `les artefacts de la version ${release} de ${system} ne sont plus sur cette machine`,
  ],
  [/^another user for each system$/, () => 'un autre utilisateur pour chaque système'],
  [
    /^the same user as Escale: trusted code only(.*)$/s,
    () => 'le même utilisateur qu’Escale : code de confiance seulement',
  ],
  [
    /^memory only, by watching \(no cgroup may be used here\)$/,
    () => 'la mémoire seule, par surveillance (aucun cgroup utilisable ici)',
  ],
  [/^(cgroup v\d.*)$/, ([limits]) => limits!],
  // An instance, then why: last, because so many sentences have a colon.
  [/^([\w.-]+-[a-z0-9]+): (.+)$/s, ([id, why]) => `${id} : ${part(why!)}`],
];
