export { type Rendered, renderCiOf, renderComposeOf, renderDockerfilesOf } from './render-folder.ts';
export { staleFiles, writeRendered } from './write-rendered.ts';
