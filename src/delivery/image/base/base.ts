import type { BaseImage, Component } from '../../../core/image/index.ts';

/** A base that is here: every layer of it is in the cache, and checked. */
export interface Base {
  image: BaseImage;
  /** What Escale knows to be in it; scanners see the rest themselves. */
  components: Component[];
  /** Made by Escale: without programs, so the runtime comes with the service. */
  isOwn: boolean;
  /** Programs on the usual path, and what tells its C library. */
  names: Set<string>;
}

/** How a base is named on the command line. */
export type BaseChoice =
  | { kind: 'debian' }
  | { kind: 'layout'; folder: string; name: string | null }
  | { kind: 'tar'; file: string }
  | { kind: 'registry'; reference: string };
