import type { SystemFile } from '../../manifest/index.ts';
import { type ImagesWish, renderDockerfiles } from '../dockerfile.ts';
import type { RenderedFile } from '../rendered-file.ts';
import { renderCircleci } from './circleci.ts';
import { renderGithub } from './github.ts';
import { renderGitlab } from './gitlab.ts';
import { type Ways, waysOf } from './ways.ts';

const SYSTEMS = {
  gitlab: (wish: ImagesWish, ways: Ways) => [renderGitlab(wish, ways)],
  github: renderGithub,
  circleci: (wish: ImagesWish, ways: Ways) => [renderCircleci(wish, ways)],
};

export type CiSystem = keyof typeof SYSTEMS;
export const CI_SYSTEMS = Object.keys(SYSTEMS) as CiSystem[];

export function isCiSystem(word: string): word is CiSystem {
  return Object.hasOwn(SYSTEMS, word);
}

/** The pipeline of a system for another CI system, and the Dockerfiles that it builds. */
export function renderCi(ci: CiSystem, model: SystemFile, wish: ImagesWish): RenderedFile[] {
  return [...SYSTEMS[ci](wish, waysOf(model)), ...renderDockerfiles(wish)];
}
