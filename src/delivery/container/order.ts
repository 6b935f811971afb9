/** What the process is told that makes the artifact of an image. */
export interface ContainerOrder {
  /** Folder that becomes the artifact: an OCI layout. It is not there yet. */
  into: string;
  /** Folder of Escale's home. */
  home: string;
  /** Of Escale. */
  version: string;
  /** `shop/web`, for messages. */
  title: string;
  pull: PullOrder | null;
  build: BuildOrder | null;
}

export interface PullOrder {
  /** With its digest. */
  reference: string;
  /** Whether its registry may be at an address of this host or its network. */
  allowInside: boolean;
}

export interface BuildOrder {
  /** Folder of the context, absolute. */
  context: string;
  /** Absolute; it stands beside the context, alone in its folder. */
  dockerfile: string;
  /** What the builder calls the result meanwhile. */
  tag: string;
  /** What Docker calls it from then on; null: nothing stays. */
  keepAs: string | null;
}
