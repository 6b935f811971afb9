import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import packageFile from '../../../package.json' with { type: 'json' };
import { EscaleError } from '../../core/errors/index.ts';
import { homeLayout } from '../../core/home/index.ts';
import { startOf } from '../../core/image/index.ts';
import { loadImages, STATIC_SERVER } from '../../delivery/index.ts';
import type { GatewayOrder, ImageOrder, ImagePlace } from '../image-source.ts';

/**
 * One image of one artifact, as an archive to its output; or brought to a registry, its digest said. What can't be made is
 * said in one last line.
 */
const said = JSON.parse(process.argv[2]!) as ImageOrder | GatewayOrder;
const home = homeLayout(said.home, os.tmpdir());
const images = await loadImages();
const order = 'gateway' in said ? await gatewayOrder(said) : said;
const registries = new images.Registries({
  plainHttp: (registry) => order.push?.plainHttp === true && order.push.registry === registry,
});

try {
  if (order.push !== undefined) console.log(JSON.stringify(await push(order.push)));
  else await pipeline(order.isOwn ? ownImage() : await archiveOfMade(), process.stdout);
} catch (error) {
  const said = error instanceof EscaleError || (error as { code?: unknown }).code;
  process.stderr.write(`\n${said ? JSON.stringify(error) : String(error)}\n`);
  process.exitCode = 1;
} finally {
  registries.close();
}

/** Its program is an artifact like any other. */
async function gatewayOrder(asked: GatewayOrder): Promise<ImageOrder> {
  const artifact = await images.gatewayProgram(path.join(home.cache, 'gateway'));
  const rest = {
    command: images.GATEWAY_COMMAND,
    isOwn: false,
    system: 'escale',
    service: 'gateway',
    tag: path.basename(artifact),
  };
  return { ...asked, artifact, ...rest };
}

/** The artifact keeps an image, which is given as it is. */
function ownImage() {
  const { blobs, image } = images.readWhole(order.artifact);
  return images.archiveStream(blobs, [{ ...image, ref: order.service, tag: order.tag, sbom: null }]);
}

async function archiveOfMade() {
  const { builder, image } = await madeImage();
  return images.archiveStream(builder.blobs, [{ ...image, ref: order.service, tag: order.tag }]);
}

/** Its tag is what it was made of, so that it is found again. */
async function push({ registry, repository }: ImagePlace): Promise<{ digest: string }> {
  const { builder, base, image } = await madeImage();
  const { digest } = await builder.push(image, { registry, repository, tag: order.tag }, base);
  return { digest };
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
  return { builder, base, image };
}
