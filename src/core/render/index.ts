export { CI_SYSTEMS, type CiSystem, isCiSystem, renderCi } from './ci/render-ci.ts';
export { renderCompose } from './compose/compose.ts';
export { type ImagesWish, renderDockerfiles } from './dockerfile.ts';
export {
  type Deployed,
  type HandOverChoice,
  handOverWish,
  postgresChoice,
  renderDeployed,
  renderKubernetes,
  renderRbac,
  renderServerFiles,
  USUAL_CHOICE,
} from './kubernetes/index.ts';
export { imagesOf, type ProgramImage } from './program-image.ts';
export { isRendered, type RenderedFile } from './rendered-file.ts';
export type { Language, Packages, Repository, SourceFolder } from './repository.ts';
