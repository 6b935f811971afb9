import { type ResolvedStep, resourceBindings } from '../../manifest/index.ts';
import { baseOf, languageOf, POSTGRES_IMAGE } from '../base-images.ts';
import type { ImagesWish } from '../dockerfile.ts';
import { installWords } from '../install-words.ts';
import { joinPath, type Language } from '../repository.ts';

/** A step of the pipeline, ready for any CI system. Paths are from the top of the repository. */
export interface CiStep {
  name: string;
  image: string;
  needs: string[];
  /** Empty ones of its own, beside it. */
  databases: Database[];
  /** With the addresses of the databases. */
  env: Record<string, string>;
  install: Install | null;
  folder: string;
  command: string[];
  results: string[];
  artifacts: string[];
  cache: string[];
  timeoutSeconds: number;
}

export interface Install {
  folder: string;
  words: string[];
  language: Language;
  /** What the cache of downloaded packages is kept by; null: no cache. */
  lock: string | null;
}

export interface Database {
  /** Its host beside the step. */
  name: string;
  image: string;
  env: Record<string, string>;
}

/** Where an installer keeps what it downloads, below the top of the repository, by the variable that says so. */
export const PACKAGE_CACHES: Record<Language, { variable: string; folder: string }> = {
  node: { variable: 'npm_config_cache', folder: '.ci-cache/npm' },
  python: { variable: 'PIP_CACHE_DIR', folder: '.ci-cache/pip' },
};

export function ciSteps(wish: ImagesWish): CiStep[] {
  return wish.pipeline.steps.map((step) => ciStep(step, wish));
}

function ciStep(step: ResolvedStep, { system, repository }: ImagesWish): CiStep {
  const source = repository.sources[step.source]!;
  const language = languageOf(step.command, { ...source, packages: source.development });
  const { image, tag } = baseOf(language);
  const { folder, development } = source;
  const types = Object.fromEntries(Object.values(system.resources).map(({ name, type }) => [name, type]));
  const bindings = resourceBindings(step.uses, types);
  const urls = bindings.map(({ resource, prefix }) => [`${prefix}DATABASE_URL`, urlOf(resource)]);
  const below = (paths: string[]) => paths.map((path) => joinPath(folder, path));
  return {
    ...{ name: step.name, image: `${image}:${tag}`, needs: step.needs, folder, command: step.command },
    databases: bindings.map(({ resource }) => databaseOf(resource)),
    env: { ...step.env, ...Object.fromEntries(urls) },
    install:
      development === null
        ? null
        : {
            folder: development.root,
            words: installWords(development, { development: true }),
            language: development.language,
            lock: development.lock,
          },
    results: below(step.results),
    artifacts: below(step.artifacts),
    cache: below(step.cache),
    timeoutSeconds: Math.ceil(step.timeoutMs / 1000),
  };
}

/** It is thrown away after the step and reached from beside it only: its password need not be one. */
function databaseOf(name: string): Database {
  return {
    name,
    image: POSTGRES_IMAGE,
    env: { POSTGRES_USER: 'test', POSTGRES_PASSWORD: 'test', POSTGRES_DB: 'test' },
  };
}

function urlOf(host: string): string {
  return `postgres://test:test@${host}:5432/test`;
}

/** Steps that no other step needs: once they are done, all are. */
export function lastSteps(steps: CiStep[]): string[] {
  const needed = new Set(steps.flatMap(({ needs }) => needs));
  return steps.filter(({ name }) => !needed.has(name)).map(({ name }) => name);
}

/** JUnit files among the results; what is TAP no CI system here reads. */
export function junitOf({ results }: CiStep): string[] {
  return results.filter((pattern) => pattern.endsWith('.xml'));
}
