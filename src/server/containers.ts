import packageFile from '../../package.json' with { type: 'json' };
import { dockerTag, OWN_PROGRAM, parseReference } from '../core/image/index.ts';
import { imagesIn, type ResolvedContainer, type SystemFile, withDigests } from '../core/manifest/index.ts';
import { type ContainerMaker, type ContainerSource, loadImages, makeContainer } from '../delivery/index.ts';

/** Makes artifacts that are images; Docker calls what it builds as its engine asks for it, so that it is not loaded again. */
export function containerMaker(parts: { home: string; owner: string }): ContainerMaker {
  const { home, owner } = parts;
  return ({ build, ...order }, making) => {
    const { version } = packageFile;
    if (build === null) return makeContainer({ ...order, home, version, build }, making);
    const { context, dockerfile, system, digest } = build;
    // Under another name at first: what no release has is cleared away under its own.
    const tag = `escale-building/${system}:${owner}-${digest}`;
    const keepAs = dockerTag({ owner, system, artifact: digest, program: OWN_PROGRAM });
    return makeContainer({ ...order, home, version, build: { context, dockerfile, tag, keepAs } }, making);
  };
}

/** The file with what its images mean now, by digest: each registry is asked once. Throws `image-unknown`, `registry-…`. */
export async function withImagesOfNow(model: SystemFile, trust: Trust): Promise<SystemFile> {
  const names = imagesIn(model);
  if (names.length === 0) return model;
  const { Registries, withDigest } = await loadImages();
  const named: Record<string, string> = {};
  for (const name of names) {
    const registries = new Registries({ allowInside: mayBeInside(name, trust) });
    try {
      named[name] = await withDigest(registries, name);
    } finally {
      registries.close();
    }
  }
  return withDigests(model, named);
}

/** Who wrote a file: the owner of this machine, or whoever may push. */
export type Trust = 'owner' | 'pushed';

/** What was pushed reaches registries of this host and its network only where the server's owner names them. */
export function mayBeInside(image: string, trust: Trust, env: NodeJS.ProcessEnv = process.env): boolean {
  if (trust === 'owner') return true;
  const named = (env.ESCALE_INSIDE_REGISTRIES ?? '').split(',').map((name) => name.trim());
  return named.includes(parseReference(image).registry);
}

/** What the artifact of a service or job is made of, where that is an image; nothing where it is files. */
export function containerSource(
  program: { name: string; container: ResolvedContainer | null },
  { system, trust }: { system: string; trust: Trust },
): { container?: ContainerSource } {
  const { container, name } = program;
  if (container === null) return {};
  const { image, dockerfile } = container;
  if (image !== null) return { container: { kind: 'image', image, allowInside: mayBeInside(image, trust) } };
  return { container: { kind: 'dockerfile', dockerfile: dockerfile!, system, name } };
}
