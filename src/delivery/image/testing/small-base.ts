import path from 'node:path';
import type { TestContext } from 'node:test';
import { composeManifest, MEDIA } from '../../../core/image/index.ts';
import { temporary } from '../../testing/tree.ts';
import { Blobs } from '../blobs.ts';
import { platform } from '../images.ts';
import { writeLayer } from '../layers/index.ts';
import { writeLayout } from '../output/index.ts';

/** A base that only says that it has programs, as a layout folder: images of it are made at once, and never run. */
export async function smallBase(t: TestContext, programs: string[]): Promise<string> {
  const blobs = new Blobs(path.join(temporary(t), 'blobs'));
  const entries = programs.map((name) => ({
    ...{ path: name, type: 'file' as const, mode: 0o755, content: { bytes: Buffer.from(name) } },
  }));
  const layer = await writeLayer(blobs, { entries, compression: 'gzip', what: 'small' });
  const diff_ids = [layer.diffId];
  const config = blobs.putJson({ ...platform(), rootfs: { type: 'layers', diff_ids } }, MEDIA.config);
  const manifest = blobs.putJson(composeManifest(config, [layer], {}), MEDIA.manifest);
  const folder = path.join(temporary(t), 'base');
  await writeLayout(blobs, folder, [{ config, manifest, layers: [layer], ref: 'base', sbom: null }]);
  return folder;
}
