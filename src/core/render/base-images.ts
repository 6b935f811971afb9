import type { Language, Packages } from './repository.ts';

export interface BaseImage {
  image: string;
  tag: string;
  /** What its smaller variant, without compilers and git, has at the end of its tag. */
  slim: string;
}

/** Debian 13 everywhere, so that what one stage builds runs in the next. */
const DEBIAN = 'trixie';

/** Official images, of the versions that Escale itself runs and tests with. */
const BASES: Record<Language, BaseImage> = {
  node: { image: 'node', tag: `26-${DEBIAN}`, slim: '-slim' },
  python: { image: 'python', tag: `3.13-${DEBIAN}`, slim: '-slim' },
};
const OTHER: BaseImage = { image: 'debian', tag: DEBIAN, slim: '-slim' };

/** Serves files, as a user of its own. */
export const NGINX = { image: 'nginxinc/nginx-unprivileged', tag: '1.29-alpine', slim: '', user: 101 };
export const POSTGRES_IMAGE = `postgres:18-${DEBIAN}`;
/** Has git and curl. */
export const GIT_IMAGE = `buildpack-deps:${DEBIAN}-scm`;
export const DOCKER_IMAGE = 'docker:28';

export function baseOf(language: Language | null): BaseImage {
  return language === null ? OTHER : BASES[language];
}

/** Programs whose language is known by their name alone. */
const PROGRAMS: Record<string, Language> = {
  ...{ node: 'node', npm: 'node', npx: 'node' },
  ...{ python: 'python', python3: 'python', pip: 'python', pip3: 'python' },
};

/** The language that a command needs: its program's, else that of the packages beside it, else what the files say. */
export function languageOf(
  command: readonly string[],
  { packages, language }: { packages: Packages | null; language: Language | null },
): Language | null {
  const program = command[0]?.split('/').at(-1) ?? '';
  if (Object.hasOwn(PROGRAMS, program)) return PROGRAMS[program]!;
  return packages?.language ?? language;
}
