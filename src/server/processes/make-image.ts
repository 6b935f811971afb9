import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import packageFile from '../../../package.json' with { type: 'json' };
import { EscaleError } from '../../core/errors/index.ts';
import { homeLayout } from '../../core/home/index.ts';
import { startOf } from '../../core/image/index.ts';
import { loadImages, STATIC_SERVER } from '../../delivery/index.ts';
import type { ImageOrder } from '../image-source.ts';

/** One image of one artifact, as an archive to its output. What can't be made is said in one last line. */
const order = JSON.parse(process.argv[2]!) as ImageOrder;
const home = homeLayout(order.home, os.tmpdir());
const images = await loadImages();
const registries = new images.Registries({ plainHttp: () => false });

try {
  await pipeline(order.isOwn ? ownImage() : await madeImage(), process.stdout);
} catch (error) {
  const said = error instanceof EscaleError || (error as { code?: unknown }).code;
  process.stderr.write(`\n${said ? JSON.stringify(error) : String(error)}\n`);
  process.exitCode = 1;
} finally {
  registries.close();
}

/** The artifact keeps an image, which is given as it is. */
function ownImage() {
  const { blobs, image } = images.readWhole(order.artifact);
  return images.archiveStream(blobs, [{ ...image, ref: order.service, tag: order.tag, sbom: null }]);
}

async function madeImage() {
  const builder = images.imagesFor({ home, registries, version: packageFile.version });
  const base = await builder.base({
    choice: images.parseBase(order.base),
    compression: 'gzip',
    renew: false,
  });
  const service = { name: order.service, command: order.command, static: null, port: true };
  const image = await builder.build({
    ...{ title: `${order.system}/${order.service}`, start: startOf(service, STATIC_SERVER) },
    ...images.artifactFiles({ digest: path.basename(order.artifact), folder: order.artifact }, home.packages),
    ...{ base, compression: 'gzip', renew: false, created: 0, revision: null, source: null, version: null },
  });
  const tagged = { ...image, ref: order.service, tag: order.tag };
  return images.archiveStream(builder.blobs, [tagged]);
}
