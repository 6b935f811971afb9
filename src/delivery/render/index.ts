export {
  type KubernetesRequest,
  type Rendered,
  renderCiOf,
  renderComposeOf,
  renderDockerfilesOf,
  renderKubernetesOf,
  renderRbacOf,
} from './render-folder.ts';
export { staleFiles, writeRendered } from './write-rendered.ts';
