export { artifactEntries, checkUnchanged, draftEntries } from './application.ts';
export { compress } from './compress.ts';
export { LayerCache } from './layer-cache.ts';
export { nodeComponents, nodePackageEntries } from './node-packages.ts';
export { pythonComponents, pythonPackageEntries, pythonScripts } from './python-packages.ts';
export { folderEntries } from './walk.ts';
export { packLayer, packStream, writeLayer } from './write-layer.ts';
