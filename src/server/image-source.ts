import { spawn } from 'node:child_process';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ImageRequest, ImageSource } from '../core/contracts/index.ts';
import { EscaleError, errorSaid } from '../core/errors/index.ts';
import type { Home } from '../core/home/index.ts';
import type { OwnName } from '../delivery/index.ts';

const MAKER = path.join(import.meta.dirname, 'processes', 'make-image.ts');
/** Of what a maker says last, bytes. */
const WORDS_AT_MOST = 64 << 10;

/** What the process that makes an image is told. */
export interface ImageOrder extends ImageRequest {
  home: string;
  /** As `escale image build --base` has it. */
  base: string;
  /** Where it is brought; left out: it is given as an archive. */
  push?: ImagePlace;
}

/** Told to bring an image of Escale's own: its gateway, or the PostgreSQL that it brings. */
export interface OwnOrder {
  own: OwnName;
  home: string;
  base: string;
  push: ImagePlace;
}

/** A folder of a registry. */
export interface ImagePlace {
  /** `registry.example.org`. */
  registry: string;
  /** `team/shop`. */
  repository: string;
  /** It speaks http. */
  plainHttp: boolean;
}

/**
 * Images are made in a process of their own: that needs much memory for a short while, and reads what others wrote. Its
 * output is the archive; whoever takes it learns of a failure before the end.
 */
export function imageSource(home: Home, base = usualBase()): ImageSource {
  return { archive: (request) => maker({ ...request, home: home.root, base }) };
}

export interface ImagePusher {
  /** Brings an image to a registry, as far as it is not there; gives its digest. Throws `EscaleError`. */
  push(request: ImageRequest, to: ImagePlace): Promise<string>;
  /** The same of Escale's own gateway, or of the PostgreSQL that this Escale brings. */
  pushOwn(own: OwnName, to: ImagePlace): Promise<string>;
}

export function imagePusher(home: Home, base = usualBase()): ImagePusher {
  return {
    push: (request, to) => pushed({ ...request, home: home.root, base, push: to }),
    pushOwn: (own, to) => pushed({ own, home: home.root, base, push: to }),
  };
}

async function pushed(order: ImageOrder | OwnOrder): Promise<string> {
  return (JSON.parse(await text(maker(order))) as { digest: string }).digest;
}

function usualBase(): string {
  return process.env.ESCALE_IMAGE_BASE || 'debian';
}

/** What the process says. The stream fails where that ended otherwise than well. */
function maker(order: ImageOrder | OwnOrder): NodeJS.ReadableStream {
  const stream = new PassThrough();
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', MAKER, JSON.stringify(order)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-WORDS_AT_MOST);
  });
  child.stdout.pipe(stream, { end: false });
  child.once('error', (error) => stream.destroy(failure(error.message)));
  child.once('close', (code) => {
    if (code === 0) stream.end();
    else
      stream.destroy(errorSaid(words) ?? failure(words.trim().split('\n').at(-1) || 'its maker was ended'));
  });
  stream.once('close', () => child.kill('SIGKILL'));
  return stream;
}

function failure(why: string): EscaleError {
  return new EscaleError('image-failed', `the image could not be made: ${why}`);
}
