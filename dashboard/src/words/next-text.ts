import type { Rule } from './text-rule.ts';

/** What people can do about what the page meets, as the catalogue of errors says it, whole sentence by whole sentence; commands between `. */
const SENTENCES: Record<string, string> = {
  'Use one of the names that the message lists.': 'Utilisez l’un des noms que le message énumère.',
  'Install the packages again, with optional ones (`npm ci`), or name one that exists elsewhere with `external`.':
    'Réinstallez les paquets, facultatifs compris (`npm ci`), ou nommez-en une qui existe ailleurs avec `external`.',
  'Start it with the version of Escale that made it, and copy the data with `pg_dump`; or restore a backup of this version.':
    'Démarrez-la avec la version d’Escale qui l’a faite et copiez les données avec `pg_dump` ; ou restaurez une sauvegarde de cette version.',
  'Bring the folder back, or restore a backup.': 'Remettez le dossier en place, ou restaurez une sauvegarde.',
  'Stop it first: `escale down`.': 'Arrêtez-la d’abord : `escale down`.',
  'Read what it said; often the disk is full, or a folder may not be written.':
    'Lisez ce qu’il a dit ; souvent le disque est plein, ou un dossier est interdit en écriture.',
  'Use the tools of whoever runs it.': 'Utilisez les outils de qui la fait tourner.',
  'Look at `escale status`; for one that exists elsewhere, check its address.':
    'Regardez `escale status` ; pour une base qui existe ailleurs, vérifiez son adresse.',
  'Mend the statement.': 'Corrigez l’instruction.',
  'Name one of those that are there.': 'Nommez-en une qui existe.',
  'Check that it runs (`escale status`) and that the disk has room, then try again.':
    'Vérifiez qu’elle tourne (`escale status`) et que le disque a de la place, puis réessayez.',
  'Use another backup.': 'Utilisez une autre sauvegarde.',
  'Restore it with the version of Escale that made it.':
    'Restaurez-la avec la version d’Escale qui l’a faite.',
  'Try again in a moment; if it stays away, look at `escale doctor`.':
    'Réessayez dans un moment ; s’il reste absent, regardez `escale doctor`.',
  'Set it: `escale secret set NAME SYSTEM`.': 'Enregistrez-le : `escale secret set NAME SYSTEM`.',
  'Set it again, then deploy.': 'Enregistrez-le à nouveau, puis livrez.',
  'Bring it back from where you keep a copy, with mode 0600. If there is none: remove the folder `secrets` and set them again.':
    'Remettez-la en place à partir de votre copie, avec le mode 0600. S’il n’y en a pas : supprimez le dossier `secrets` et enregistrez-les à nouveau.',
  'Ask an admin for the role that the message names: `escale user grant`.':
    'Demandez à un administrateur le rôle que le message nomme : `escale user grant`.',
  'Start it: `escale up`.': 'Lancez-le : `escale up`.',
};

export const NEXT_RULES: Rule[] = [[/^(.+)$/s, ([sentence]) => SENTENCES[sentence!] ?? null]];
