export { repositoryTop } from './look.ts';
export {
  type KubernetesRequest,
  type Rendered,
  renderCiOf,
  renderComposeOf,
  renderDockerfilesOf,
  renderKubernetesOf,
  renderRbacOf,
  systemNamed,
} from './render-folder.ts';
export { staleFiles, writeRendered } from './write-rendered.ts';
