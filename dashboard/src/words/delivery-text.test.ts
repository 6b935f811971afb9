import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverText } from './server-text.ts';

const SAID: Record<string, string> = {
  'as in run 7': 'comme dans l’exécution 7',
  'run 8 came for a newer commit': 'l’exécution 8 est venue pour un commit plus récent',
  'ada cancelled it': 'ada l’a annulée',
  'test did not succeed': 'test n’a pas réussi',
  'run 8 of main by ada': 'exécution 8 de main par ada',
  'run 8 by ada: test did not succeed': 'exécution 8 par ada : test n’a pas réussi',
  'release 3 was never taken in staging': 'la version 3 n’a jamais été adoptée dans staging',
  'releases come to production from staging only': 'les versions ne viennent à production que de staging',
  'release 3 runs in staging': 'la version 3 tourne dans staging',
  'release 3 was not taken in staging: exited with code 1':
    'la version 3 n’a pas été adoptée dans staging : est sortie avec le code 1',
  'release 3 was not taken in staging before (exited with code 1); it is not tried again until something changes':
    'la version 3 n’a pas été adoptée dans staging auparavant (est sortie avec le code 1) ; elle n’est pas essayée à nouveau tant que rien ne change',
  'release 3 waits for the approval of an admin of production (`escale approve 4`)':
    'la version 3 attend l’accord d’un administrateur de production (`escale approve 4`)',
  'ada asks for an approval': 'ada demande un accord',
  'ada is no deployer in production': 'ada n’est pas deployer dans production',
  '5 of web are wanted, the release says 3': '5 de web demandées, la version dit 3',
  '1 of web is wanted, the release says 3': '1 de web demandées, la version dit 3',
  'promote to release 3': 'promotion vers la version 3',
  'repair to release 3': 'réparation vers la version 3',
};

test('what the server says from a commit to an environment is said in French', () => {
  for (const [said, french] of Object.entries(SAID))
    assert.deepEqual(serverText(said, 'fr'), { text: french, known: true });
});
