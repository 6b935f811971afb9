/** What a container is started from: an artifact, with what its program needs below it. */
export interface ImageRequest {
  /** Folder of the artifact, absolute; its name is its digest. */
  artifact: string;
  /** Decides which runtime comes with it. */
  command: string[];
  /** The artifact holds an image, which is given as it is. */
  isOwn: boolean;
  system: string;
  service: string;
  /** `name:tag` that it gets. */
  tag: string;
}

/** Makes images of artifacts, for engines that run those. */
export interface ImageSource {
  /** An archive as `docker load` takes it. The stream fails with an `EscaleError` where there is none; it never ends early. */
  archive(request: ImageRequest): NodeJS.ReadableStream;
}
