/** What builds a Dockerfile: Docker (BuildKit in it, or its classic builder), BuildKit by itself, buildah. */
export type Builder = 'docker' | 'buildkit' | 'buildah';

/** In the order in which they are looked for. */
export const BUILDERS: Builder[] = ['docker', 'buildkit', 'buildah'];

export interface BuildFiles {
  /** Folder with the context, absolute. */
  context: string;
  /** The Dockerfile, absolute; it stands alone in its folder. */
  dockerfile: string;
  /** Where the result is written, as `docker load` takes it. */
  archive: string;
  /** What the builder calls the result meanwhile: `escale-building/shop:digest`. */
  tag: string;
  /** What Docker goes on calling it, whose engine starts containers of it; null: nothing stays. */
  keepAs: string | null;
}

/** What succeeds where a builder can be used; its output says which one it is. */
export function probeWords(builder: Builder): string[] {
  if (builder === 'docker') return ['docker', 'version', '--format', '{{.Server.Version}}'];
  return builder === 'buildkit' ? ['buildctl', 'debug', 'workers'] : ['buildah', '--version'];
}

/** The commands of a build, one after the other, and those that clear away afterwards, whatever came of it. */
export function buildWords(
  builder: Builder,
  { context, dockerfile, archive, tag, keepAs }: BuildFiles,
): { build: string[][]; after: string[][] } {
  if (builder === 'docker')
    return {
      build: [
        ['docker', 'build', '--file', dockerfile, '--tag', tag, context],
        ['docker', 'save', '--output', archive, tag],
        ...(keepAs === null ? [] : [['docker', 'tag', tag, keepAs]]),
      ],
      after: [['docker', 'rmi', tag]],
    };
  if (builder === 'buildah') {
    const name = `localhost/${tag}`;
    return {
      build: [
        ['buildah', 'build', '--file', dockerfile, '--tag', name, context],
        ['buildah', 'push', name, `docker-archive:${archive}`],
      ],
      after: [['buildah', 'rmi', name]],
    };
  }
  const cut = dockerfile.lastIndexOf('/');
  return {
    build: [
      [
        ...['buildctl', 'build', '--progress', 'plain', '--frontend', 'dockerfile.v0'],
        ...['--local', `context=${context}`, '--local', `dockerfile=${dockerfile.slice(0, cut)}`],
        ...['--opt', `filename=${dockerfile.slice(cut + 1)}`, '--output', `type=docker,dest=${archive}`],
      ],
    ],
    after: [],
  };
}

/** What says where builders, registries and proxies are. Nothing else of Escale's environment reaches a build. */
const PASSED =
  /^(?:PATH|HOME|USER|LOGNAME|LANG|LC_ALL|TMPDIR|XDG_[A-Z_]+|DOCKER_[A-Z_]+|BUILDKIT_HOST|BUILDAH_[A-Z_]+|STORAGE_[A-Z_]+|CONTAINERS_[A-Z_]+|REGISTRY_AUTH_FILE|SSL_CERT_(?:FILE|DIR)|(?:https?|no|all)_proxy)$/i;

export function builderEnvironment(env: Record<string, string | undefined>): Record<string, string> {
  const passed = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && PASSED.test(entry[0]),
  );
  // Plain lines, and an image alone: what says how it was built would be an index around it.
  return { ...Object.fromEntries(passed), BUILDKIT_PROGRESS: 'plain', BUILDX_NO_DEFAULT_ATTESTATIONS: '1' };
}
