import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverText } from './server-text.ts';

/** Without the kinds of spaces that numbers are written with. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

const SAID: Record<string, string> = {
  'nothing listens on 127.0.0.1:20001': 'rien n’écoute sur 127.0.0.1:20001',
  'it is not running': 'elle ne tourne pas',
  'db is stopped': 'db est arrêtée',
  'db: is recovering after a crash': 'db : se rétablit après un plantage',
  'waits for db: nothing listens on [::1]:5432': 'attend db : rien n’écoute sur [::1]:5432',
  'api waits for db: not asked yet': 'api attend db : pas encore interrogée',
  'no instance of api is ready': 'aucune instance de api n’est prête',
  'images/api does not run here': 'images/api ne tourne pas ici',
  'the run before it still goes on': 'l’exécution précédente dure encore',
  'took longer than 3600 s and was ended': 'a duré plus de 3 600 s et a été terminée',
  'was ended by SIGKILL: it is run again': 'a été terminée par SIGKILL : elle est relancée',
  'its system was taken down': 'son système a été mis à l’arrêt',
  'what its databases and volumes kept was removed':
    'ce que ses bases et ses volumes gardaient a été supprimé',
  'tasks has no job "migrat"': 'tasks n’a pas de tâche « migrat »',
  'Its jobs are: migrate, tidy.': 'Ses tâches sont : migrate, tidy.',
  'Its jobs are: none.': 'Ses tâches sont : aucune.',
  'tasks has no resource "b"': 'tasks n’a pas de ressource « b »',
  'db: it took longer than 10 s and was ended': 'db : a pris plus de 10 s et a été interrompue',
  'there is no table "public.todo"; there is public.todos and 3 more':
    'il n’y a pas de table « public.todo » ; il y a public.todos et 3 de plus',
  'public.todos has no column "x"; it has id, title':
    'public.todos n’a pas de colonne « x » ; elle a id, title',
  'the secret API_KEY has another value: it is used by web, api':
    'le secret API_KEY a une autre valeur : s’en servent web, api',
  'shop needs secrets that are not set in production: API_KEY, TOKEN':
    'shop a besoin de secrets qui ne sont pas enregistrés dans production : API_KEY, TOKEN',
  'shop needs a secret that is not set in local: API_KEY':
    'shop a besoin d’un secret qui n’est pas enregistré dans local : API_KEY',
  'db: the secret DB_PASSWORD of shop is not set any more':
    'db : le secret DB_PASSWORD de shop n’est plus enregistré',
  "the secret API_KEY of shop can't be decrypted": 'le secret API_KEY de shop ne peut être déchiffré',
  'the key of the secrets is not there': 'la clé des secrets n’est pas là',
  'the key of the secrets can be read by others': 'la clé des secrets peut être lue par d’autres',
  "the address of db can't be used once DATABASE_URL stands in it":
    'l’adresse de db est inutilisable une fois que DATABASE_URL y figure',
  'Set it, then do it again: `escale secret set API_KEY shop`.':
    'Enregistrez, puis recommencez : `escale secret set API_KEY shop`.',
  'Set it again, then deploy.': 'Enregistrez-le à nouveau, puis livrez.',
  'Mend the statement.': 'Corrigez l’instruction.',
};

test('what the server says of databases and jobs is said in French', () => {
  for (const [english, french] of Object.entries(SAID))
    assert.equal(plain(serverText(english, 'fr').text), french);
});

test('a reason that is not known stays whole, and is marked', () => {
  for (const message of ['db: syntax error at or near "x"', 'waits for db: never heard of'])
    assert.deepEqual(serverText(message, 'fr'), { text: message, known: false });
});
