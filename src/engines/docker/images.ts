import path from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import type { ImageSource, Preparation } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { dockerPrefix, dockerTag, OWN_PROGRAM } from '../../core/image/index.ts';
import { type DockerApi, isRefusal, lines } from './api/index.ts';

interface ImageAnswer {
  Id: string;
  RepoTags: string[] | null;
}

/** One line of what Docker says while it loads. */
interface LoadLine {
  error?: string;
  stream?: string;
}

/** Loading is bounded by what arrives, not by this alone, ms. */
const LOAD_MS = 0;

/** Images of artifacts in Docker: made once, found again by their tag, which is the artifact's digest. */
export class Images {
  private readonly api: DockerApi;
  private readonly owner: string;
  private readonly source: ImageSource;
  private readonly making = new Map<string, Promise<void>>();

  constructor(api: DockerApi, parts: { owner: string; source: ImageSource }) {
    this.api = api;
    this.owner = parts.owner;
    this.source = parts.source;
  }

  /** Its tag, once Docker has it. Throws `image-failed` and whatever its maker throws. */
  async ensure(request: Preparation): Promise<string> {
    const tag = this.tagOf(request);
    if (await this.has(tag)) return tag;
    const making = this.making.get(tag) ?? this.make(request, tag).finally(() => this.making.delete(tag));
    this.making.set(tag, making);
    await making;
    return tag;
  }

  /** Takes those of other artifacts away; what a container uses stays. Others' images are not touched. */
  async keepOnly(artifacts: string[]): Promise<void> {
    for (const tag of await this.own()) {
      if (this.making.has(tag) || artifacts.includes(digestOf(tag))) continue;
      await this.api.ask({ method: 'DELETE', path: `/images/${tag}` }).catch((error) => {
        if (!isRefusal(error, 404) && !isRefusal(error, 409)) throw error;
      });
    }
  }

  /** The same artifact started by another program has another runtime below it. */
  private tagOf({ artifact, command, system, image }: Preparation): string {
    const program = image === undefined ? path.basename(command[0] ?? '') : OWN_PROGRAM;
    return dockerTag({ owner: this.owner, system, artifact: path.basename(artifact), program });
  }

  private get prefix(): string {
    return dockerPrefix(this.owner);
  }

  private async has(tag: string): Promise<boolean> {
    return (await this.api.find({ method: 'GET', path: `/images/${tag}/json` })) !== null;
  }

  private async own(): Promise<string[]> {
    const filters = JSON.stringify({ reference: [`${this.prefix}/*`] });
    const images = await this.api.ask<ImageAnswer[]>({
      method: 'GET',
      path: '/images/json',
      query: { filters },
    });
    return images
      .flatMap(({ RepoTags }) => RepoTags ?? [])
      .filter((tag) => tag.startsWith(`${this.prefix}/`));
  }

  private async make(request: Preparation, tag: string): Promise<void> {
    const { artifact, command, system, service, image } = request;
    const isOwn = image !== undefined;
    const archive = this.source.archive({ artifact, command, isOwn, system, service, tag });
    const failed = new Promise<never>((_, reject) => archive.once('error', reject));
    failed.catch(() => {});
    await Promise.race([this.load(archive), failed]).catch((error) =>
      Promise.reject(failureOf(service, error)),
    );
    if (!(await this.has(tag))) throw failureOf(service, new Error('Docker took it, and has it not'));
  }

  private async load(archive: NodeJS.ReadableStream): Promise<void> {
    const tar = archive.pipe(new PassThrough());
    archive.once('error', (error) => tar.destroy(error as Error));
    const stream: Readable = await this.api.stream({
      ...{ method: 'POST', path: '/images/load', query: { quiet: '1' } },
      ...{ tar, timeoutMs: LOAD_MS },
    });
    for await (const line of lines<LoadLine>(stream))
      if (line.error !== undefined) throw new Error(line.error);
  }
}

function digestOf(tag: string): string {
  return tag.slice(tag.lastIndexOf(':') + 1).replace(/\.[^.]*$/, '');
}

function failureOf(service: string, error: Error): EscaleError {
  if (error instanceof EscaleError && error.code !== 'docker-refused') return error;
  return new EscaleError('image-failed', `the image of ${service} could not be loaded: ${error.message}`);
}
