import path from 'node:path';
import { artifactFiles } from './artifact-files.ts';
import type { Base } from './base/index.ts';
import type { Image } from './describe.ts';
import { GATEWAY_COMMAND, gatewayProgram } from './gateway-program.ts';
import { type BaseOptions, type Images, platform } from './images.ts';
import { postgresTag } from './postgres/index.ts';

/** Images of programs that Escale brings to clusters. */
export const OWN_IMAGES = ['gateway', 'postgres'] as const;
export type OwnName = (typeof OWN_IMAGES)[number];

/** One of them: the tag says what it is made of, so that it is found again. */
export interface OwnImage {
  tag: string;
  /** The base is none of the options' where the image stands on its own. */
  make(options: BaseOptions): Promise<{ image: Image; base: Base | null }>;
}

export async function ownImage(builder: Images, name: OwnName): Promise<OwnImage> {
  return name === 'gateway' ? gatewayImage(builder) : postgresImage(builder);
}

/** The PostgreSQL that this host runs. */
function postgresImage(builder: Images): OwnImage {
  return {
    tag: postgresTag(platform()),
    make: async (options) => ({ image: await builder.postgres(options), base: null }),
  };
}

/** Its program is an artifact like any other. */
async function gatewayImage(builder: Images): Promise<OwnImage> {
  const folder = await gatewayProgram(path.join(builder.folder, 'gateway'));
  const tag = path.basename(folder);
  return {
    tag: `${tag}-${platform().architecture}`,
    make: async (options) => {
      const base = await builder.base(options);
      const image = await builder.build({
        ...{ title: 'escale/gateway', start: { name: 'gateway', command: GATEWAY_COMMAND, port: true } },
        ...artifactFiles({ digest: tag, folder }, builder.folder),
        ...{ base, compression: options.compression, renew: options.renew },
        ...{ created: 0, revision: null, source: null, version: null },
      });
      return { image, base };
    },
  };
}
