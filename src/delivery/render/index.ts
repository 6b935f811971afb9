export { type Rendered, renderCiOf, renderDockerfilesOf } from './render-folder.ts';
export { staleFiles, writeRendered } from './write-rendered.ts';
