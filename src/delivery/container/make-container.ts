import { rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { homeLayout } from '../../core/home/index.ts';
import { imagesFor, Registries } from '../image/index.ts';
import { buildArchive } from './builder.ts';
import type { BuildOrder, ContainerOrder, PullOrder } from './order.ts';

/**
 * Makes one artifact that is an image, of a registry or a Dockerfile. Its output are lines for people; what can't be made
 * is said in one last line of its other output. It ends with whoever began it: then its input does.
 */
const order = JSON.parse(process.argv[2]!) as ContainerOrder;
const ending = new AbortController();
process.stdin
  .on('end', () => {
    ending.abort();
    // A builder is ended first.
    if (order.build === null) process.exit(1);
  })
  .resume();
const say = (line: string) => void process.stdout.write(`${line}\n`);

try {
  const registries = new Registries({ allowInside: order.pull?.allowInside ?? false });
  const home = homeLayout(order.home, os.tmpdir());
  const images = imagesFor({ home, registries, version: order.version });
  const image = order.pull ? await pull(order.pull) : await build(order.build!);
  images.keep(order.into, image);
  images.tidy();

  async function pull({ reference }: PullOrder) {
    say(`fetching ${reference}`);
    return images.pull(reference);
  }

  async function build(wish: BuildOrder) {
    const archive = path.join(path.dirname(order.into), 'built.tar');
    const { title } = order;
    await buildArchive({ ...wish, archive, title }, { say, signal: ending.signal });
    const built = await images.importArchive(archive);
    ending.signal.throwIfAborted();
    rmSync(archive);
    return built;
  }
} catch (error) {
  const isKnown = error instanceof Error && 'code' in error;
  process.stderr.write(`\n${isKnown ? JSON.stringify(error) : String(error)}\n`);
  process.exitCode = 1;
}
process.stdin.destroy();
