import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import packageFile from '../../../package.json' with { type: 'json' };
import { EscaleError } from '../../core/errors/index.ts';
import { homeLayout } from '../../core/home/index.ts';
import { startOf } from '../../core/image/index.ts';
import { loadImages, STATIC_SERVER } from '../../delivery/index.ts';
import type { ImageOrder, ImagePlace, OwnOrder } from '../image-source.ts';

/**
 * One image of one artifact, as an archive to its output; or that or one of Escale's own brought to a registry, its digest said.
 * What can't be made is said in one last line.
 */
const order = JSON.parse(process.argv[2]!) as ImageOrder | OwnOrder;
const home = homeLayout(order.home, os.tmpdir());
const images = await loadImages();
const registries = new images.Registries({
  plainHttp: (registry) => order.push?.plainHttp === true && order.push.registry === registry,
});

try {
  if ('own' in order) console.log(JSON.stringify(await pushOwn(order)));
  else if (order.push !== undefined) console.log(JSON.stringify(await push(order, order.push)));
  else await pipeline(order.isOwn ? ownImage(order) : await archiveOfMade(order), process.stdout);
} catch (error) {
  const said = error instanceof EscaleError || (error as { code?: unknown }).code;
  process.stderr.write(`\n${said ? JSON.stringify(error) : String(error)}\n`);
  process.exitCode = 1;
} finally {
  registries.close();
}

/** What is there stays what it is: databases are not started anew because a mirror has another libc. */
async function pushOwn({ own, base, push: to }: OwnOrder): Promise<{ digest: string }> {
  const { registry, repository } = to;
  const builder = images.imagesFor({ home, registries, version: packageFile.version });
  const { tag, make } = await images.ownImage(builder, own);
  const name = { registry, repository, tag };
  const there = await builder.digestOf(name);
  if (there !== null) return { digest: there };
  const made = await make({ choice: images.parseBase(base), compression: 'gzip', renew: false });
  return builder.push(made.image, name, made.base);
}

/** The artifact keeps an image, which is given as it is. */
function ownImage(order: ImageOrder) {
  const { blobs, image } = images.readWhole(order.artifact);
  return images.archiveStream(blobs, [{ ...image, ref: order.service, tag: order.tag, sbom: null }]);
}

async function archiveOfMade(order: ImageOrder) {
  const { builder, image } = await madeImage(order);
  return images.archiveStream(builder.blobs, [{ ...image, ref: order.service, tag: order.tag }]);
}

/** Its tag is what it was made of, so that it is found again. */
async function push(order: ImageOrder, { registry, repository }: ImagePlace): Promise<{ digest: string }> {
  const { builder, base, image } = await madeImage(order);
  const { digest } = await builder.push(image, { registry, repository, tag: order.tag }, base);
  return { digest };
}

async function madeImage(order: ImageOrder) {
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
  return { builder, base, image };
}
