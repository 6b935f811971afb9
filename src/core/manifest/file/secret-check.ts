import type { Finding, Path } from '../mistakes.ts';
import { valueText } from '../mistakes.ts';
import { SECRET_NAME, SECRET_NAME_EXPECTED } from '../secrets.ts';

/** Where a secret may stand; `*` is any key. */
const PLACES = [
  'services.*.env.*',
  'jobs.*.env.*',
  'resources.*.external',
  'environments.*.services.*.env.*',
  'environments.*.jobs.*.env.*',
  'environments.*.resources.*.external',
].map((place) => place.split('.'));

/** Anything that begins like a reference; what follows up to the brace should be a name. */
const BEGINNING = /\$\{\s*secret\s*\.([^}]*)(\}?)/gi;

/** `${secret.NAME}` in any text: where it may stand, and whether it names one as it should. Values can't be known. */
export function checkSecrets(value: unknown, path: Path = []): Finding[] {
  if (typeof value === 'string') return checkText(value, path);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => checkSecrets(each, [...path, key]));
}

function checkText(text: string, path: Path): Finding[] {
  const references = [...text.matchAll(BEGINNING)];
  if (references.length === 0) return [];
  if (!PLACES.some((place) => isAt(path, place))) return [misplaced(path)];
  const wrong = references.find((reference) => !isWellFormed(reference));
  return wrong === undefined ? [] : [malformed(wrong, path)];
}

function isAt(path: Path, place: string[]): boolean {
  return place.length === path.length && place.every((key, index) => key === '*' || key === path[index]);
}

function isWellFormed([whole, after, brace]: RegExpMatchArray): boolean {
  return whole.startsWith('${secret.') && brace === '}' && SECRET_NAME.test(after!);
}

function misplaced(path: Path): Finding {
  const isCommand = path.includes('command');
  const hint = isCommand
    ? 'Everybody sees the words of a command. Put it into env, and let the program read it there.'
    : 'It can stand in env of services and jobs, and in external of resources.';
  return { code: 'wrong-secret', path, message: 'a secret can’t stand here', hint, at: 'value' };
}

function malformed([whole, after]: RegExpMatchArray, path: Path): Finding {
  const name = after!.trim();
  const near = name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
  const hint = SECRET_NAME.test(near) ? `For example \${secret.${near}}.` : `For example \${secret.API_KEY}.`;
  const message = SECRET_NAME.test(name)
    ? `expected \${secret.${name}}, got ${valueText(whole)}`
    : `expected ${SECRET_NAME_EXPECTED}, got ${valueText(name)}`;
  return { code: 'wrong-secret', path, message, hint, at: 'value' };
}
