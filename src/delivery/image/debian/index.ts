export { type DebianPackage, resolvePackages } from './fetch.ts';
export { type DebianLayer, debianLayer } from './layer.ts';
export { debianModules } from './modules.ts';
export { BASE_SELECTION, PYTHON_SELECTION, SHELL_SELECTION } from './selection.ts';
