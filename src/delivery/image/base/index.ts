export type { Base, BaseChoice } from './base.ts';
export { plain } from './layer-names.ts';
export { MOST_DOCUMENT, parseDocument, parseManifest } from './manifest.ts';
export { describeBase, ownBaseLayer, pythonLayer, shellLayer } from './own.ts';
export { pathOf } from './path.ts';
export { baseFromRegistry } from './registry.ts';
export { type BaseRequest, parseBase, resolveBase } from './resolve.ts';
export { compressionByMagic } from './rootfs.ts';
