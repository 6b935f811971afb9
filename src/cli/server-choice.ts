import type { Command } from 'commander';
import { EscaleError } from '../core/errors/index.ts';
import { parseReference } from '../core/image/index.ts';
import { type ServerWish, sizeQuantity, USUAL_SERVER } from '../core/kubernetes/index.ts';
import { CLASS, misfits, NAME, SIZE } from './kubernetes-choice.ts';

/** What `escale render server` takes, as it was written. */
export interface ServerFlags {
  image?: string;
  namespace?: string;
  host?: string;
  storage?: string;
  storageClass?: string;
  imageBase?: string;
}

export function withServerOptions(command: Command): Command {
  return command
    .option(
      '--image <reference>',
      `of Escale, made with deploy/escale/Dockerfile; by default ${USUAL_SERVER.image}, for an overlay`,
    )
    .option('--namespace <name>', `namespace; by default ${USUAL_SERVER.namespace}`)
    .option('--host <name>', 'name under which it is reached, such as escale.example.org')
    .option('--storage <size>', `of its volume; by default ${USUAL_SERVER.storage.size}`)
    .option('--storage-class <class>', 'of the volume; by default the cluster’s')
    .option(
      '--image-base <reference>',
      'what images of services stand on: REGISTRY/NAME[:TAG]; by default Debian’s packages, which the pod then downloads',
    );
}

const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62})(\.[a-z0-9]([a-z0-9-]{0,62}))*$/;

/** What was chosen, judged as a whole. Throws `kubernetes-choice` with all that can't be used. */
export function serverRequest(flags: ServerFlags): { wish: ServerWish; words: string[] } {
  const mistakes = mistakesIn(flags);
  if (mistakes.length > 0) throw new EscaleError('kubernetes-choice', mistakes.join('\n'));
  const { image, namespace, host, storage, storageClass, imageBase } = flags;
  return {
    wish: {
      image: image ?? USUAL_SERVER.image,
      namespace: namespace ?? USUAL_SERVER.namespace,
      host: host ?? null,
      storage: {
        size: storage === undefined ? USUAL_SERVER.storage.size : sizeQuantity(storage),
        className: storageClass ?? null,
      },
      imageBase: imageBase ?? null,
    },
    words: wordsOf(flags),
  };
}

function mistakesIn(flags: ServerFlags): string[] {
  const { image, namespace, host, storage, storageClass, imageBase } = flags;
  return misfits([
    ['--image', image, isReference, 'REGISTRY/NAME[:TAG], such as registry.example.org/team/escale:1.0'],
    ['--namespace', namespace, (text) => NAME.test(text), 'a name of lower case letters, digits and hyphens'],
    ['--host', host, (text) => HOST.test(text), 'a name such as escale.example.org'],
    ['--storage', storage, (text) => SIZE.test(text), 'a size such as 20Gi'],
    ['--storage-class', storageClass, (text) => CLASS.test(text), 'the name of a class such as fast'],
    ['--image-base', imageBase, isReference, 'REGISTRY/NAME[:TAG], such as registry.example.org/team/base:1'],
  ]);
}

function isReference(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch (error) {
    if (error instanceof EscaleError) return false;
    throw error;
  }
}

/** The options that say the same again. */
function wordsOf(flags: ServerFlags): string[] {
  const said: [string, string | undefined][] = [
    ['--image', flags.image],
    ['--namespace', flags.namespace],
    ['--host', flags.host],
    ['--storage', flags.storage],
    ['--storage-class', flags.storageClass],
    ['--image-base', flags.imageBase],
  ];
  return said.flatMap(([option, value]) => (value === undefined ? [] : [option, value]));
}
