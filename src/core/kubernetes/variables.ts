import { secretsIn } from '../manifest/index.ts';

/** A variable of a container. */
export type Variable =
  | { name: string; value: string }
  | { name: string; valueFrom: { secretKeyRef: { name: string; key: string } } }
  | { name: string; valueFrom: { fieldRef: { fieldPath: string } } };

/** A variable, and those that its value refers to: they must stand before it. */
export interface BoundVariable {
  before: Variable[];
  variable: Variable;
}

/** A text of the file: what is all a secret is taken from there, what holds one refers to it. */
export function textVariable(name: string, text: string, secret: string): BoundVariable {
  const names = secretsIn(text);
  if (names.length === 0) return { before: [], variable: plain(name, text) };
  if (text === `\${secret.${names[0]}}`) return { before: [], variable: fromSecret(name, secret, names[0]!) };
  const value = names.reduce(
    (filled, each) => filled.replaceAll(doubled(`\${secret.${each}}`), () => `$(${hidden(each)})`),
    doubled(text),
  );
  return { before: names.map((each) => fromSecret(hidden(each), secret, each)), variable: { name, value } };
}

/** People's own variables never begin with `ESCALE_`. */
function hidden(secret: string): string {
  return `ESCALE_SECRET_${secret}`;
}

export function fromSecret(name: string, secret: string, key: string): Variable {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}

export function plain(name: string, text: string): Variable {
  return { name, value: literal(text) };
}

/** A text that a cluster takes as it stands: there `$(NAME)` is a variable, and `$$` is a dollar. */
export function literal(text: string): string {
  return /\$[$(]/.test(text) ? doubled(text) : text;
}

function doubled(text: string): string {
  return text.replaceAll('$', '$$$$');
}
