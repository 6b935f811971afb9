import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Component, Compression, Layer } from '../../../core/image/index.ts';
import { fileDigest } from '../../artifact/digest.ts';
import { type LayerCache, writeLayer } from '../layers/index.ts';
import { runTool } from '../run-tool.ts';

/** Where the runtime stands in an image. */
export const NODE_IN_IMAGE = 'usr/local/bin/node';

/** The node that runs this project, as a layer; without its symbols where `strip` is there (33 MB less). */
export async function nodeLayer(cache: LayerCache, compression: Compression): Promise<Layer> {
  const file = process.execPath;
  const digest = await cache.note(['node', file, process.version, stampOf(file)], () => fileDigest(file));
  const key = ['node', digest, hasStrip(), compression];
  return cache.layer(key, () => makeLayer(cache, compression));
}

async function makeLayer(cache: LayerCache, compression: Compression): Promise<Layer> {
  const folder = mkdtempSync(path.join(cache.folder, 'node-'));
  try {
    const stripped = path.join(folder, 'node');
    const isStripped =
      (await runTool('strip', ['--strip-all', '-o', stripped, process.execPath]).catch(() => null)) !== null;
    const file = isStripped ? stripped : process.execPath;
    const what = `node ${process.versions.node}${isStripped ? ', stripped' : ''}`;
    return await writeLayer(cache.blobs, {
      entries: [{ path: NODE_IN_IMAGE, type: 'file', mode: 0o755, content: { file } }],
      ...{ compression, what },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Changes when the file may have changed. */
function stampOf(file: string): string {
  const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
  return [ino, size, mtimeNs, ctimeNs].join(':');
}

function hasStrip(): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(path.join(folder, 'strip')));
}

export function nodeComponent(): Component {
  return { kind: 'generic', name: 'node', version: process.versions.node, license: 'MIT' };
}
