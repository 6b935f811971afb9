export type { Base, BaseChoice } from './base.ts';
export { MOST_DOCUMENT, parseManifest } from './manifest.ts';
export { describeBase, ownBaseLayer, pythonLayer } from './own.ts';
export { pathOf } from './path.ts';
export { type BaseRequest, parseBase, resolveBase } from './resolve.ts';
