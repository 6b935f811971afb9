export { copyTree, replaceFolder, type Taken, takeOut } from './copy.ts';
export { findInside, readInside } from './inside.ts';
export * from './results/index.ts';
export { copySource, folderSize, treeDigest } from './tree.ts';
