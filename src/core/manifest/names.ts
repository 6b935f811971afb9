/** A name of a system, service or environment: it becomes part of host names, folders and metrics. */
export const NAME = /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

export const NAME_EXPECTED =
  'a name of lower case letters, digits and hyphens, beginning with a letter, at most 40 long';

/** Hosts that Escale answers itself. */
export const RESERVED_HOSTS = new Set(['escale.localhost']);

/** The nearest valid name to a text, for example a folder's name; null when nothing of it can stay. */
export function toName(text: string): string | null {
  const plain = text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return NAME.test(plain) ? plain : null;
}

/** The variable that carries the address of a used service: `api` → `API_URL`, `images/api` → `IMAGES_API_URL`. */
export function bindingVariable(use: string): string {
  return `${bindingWord(use)}_URL`;
}

/** A name as it stands in variables: `main-db` → `MAIN_DB`. */
export function bindingWord(name: string): string {
  return name.replaceAll(/[-/]/g, '_').toUpperCase();
}

/** Where a step of a pipeline run runs: a name that no environment of a file can have. */
export function stepEnvironment(run: number, step: string): string {
  return `pipeline.${run}.${step}`;
}

/** The step of a pipeline run that an environment is of; null: it is one of people. */
export function stepOfEnvironment(environment: string): { run: number; step: string } | null {
  const [, run, step] = /^pipeline\.(\d+)\.([a-z][a-z0-9-]*)$/.exec(environment) ?? [];
  return run === undefined ? null : { run: Number(run), step: step! };
}

/** The pipeline run that an environment is of; null: it is one of people. */
export function runOfEnvironment(environment: string): number | null {
  return stepOfEnvironment(environment)?.run ?? null;
}
