import type { ResolvedSystem } from './model.ts';

/** A name of a secret: the part after `secret.` in a file, and what `escale secret set` takes. */
export const SECRET_NAME = /^[A-Z][A-Z0-9_]{0,63}$/;

export const SECRET_NAME_EXPECTED =
  'a name of capital letters, digits and underscores, beginning with a letter, at most 64 long';

const REFERENCE = /\$\{secret\.([A-Z][A-Z0-9_]{0,63})\}/g;

/** Names of the secrets that stand in a text, each once. */
export function secretsIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(REFERENCE), ([, name]) => name!))];
}

/** The text with each reference replaced, once: what a value itself looks like does not matter. */
export function fillSecrets(text: string, lookUp: (name: string) => string): string {
  return text.replaceAll(REFERENCE, (_reference, name: string) => lookUp(name));
}

/**
 * The same for an address. A secret that is all of it is taken as it is; one that is a part of it, such as a password,
 * is written as addresses want it (`@` becomes `%40`).
 */
export function fillAddress(address: string, lookUp: (name: string) => string): string {
  const [only] = secretsIn(address);
  if (only !== undefined && address === reference(only)) return lookUp(only);
  return fillSecrets(address, (name) => encodeURIComponent(lookUp(name)));
}

function reference(name: string): string {
  return `\${secret.${name}}`;
}

/** Every secret that a system names, sorted. */
export function secretsOfSystem({ services, jobs, resources }: ResolvedSystem): string[] {
  const env = [...Object.values(services), ...Object.values(jobs)].flatMap(secretsOfEnv);
  return unique([...env, ...Object.values(resources).flatMap(secretsOfResource)]);
}

/** Those that a service or a job gets: of its own environment, and in the addresses of the resources that it uses. */
export function secretsOfProgram(
  program: { env: Record<string, string>; uses: string[] },
  { resources }: ResolvedSystem,
): string[] {
  const used = program.uses.flatMap((use) =>
    Object.hasOwn(resources, use) ? secretsOfResource(resources[use]!) : [],
  );
  return unique([...secretsOfEnv(program), ...used]);
}

/** Those in the environment of a service or a job. */
export function secretsOfEnv({ env }: { env: Record<string, string> }): string[] {
  return unique(Object.values(env).flatMap(secretsIn));
}

/** Those in the address of a resource that exists elsewhere. */
export function secretsOfResource({ external }: { external: string | null }): string[] {
  return external === null ? [] : secretsIn(external);
}

function unique(names: string[]): string[] {
  return [...new Set(names)].sort();
}
