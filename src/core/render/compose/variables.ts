import { secretsIn } from '../../manifest/index.ts';

/** A text that compose takes as it stands: `$` begins a variable there. */
export function inCompose(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** The same with its secrets as variables that must be set. */
export function withSecrets(text: string): string {
  const names = secretsIn(text);
  const reference = (name: string) => `$\{secret.${name}}`;
  return names.reduce(
    (filled, name) => filled.replaceAll(inCompose(reference(name)), () => `\${${name}:?}`),
    inCompose(text),
  );
}
