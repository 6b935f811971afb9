import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type OwnDocker, ownDocker } from '../../../src/delivery/image/testing/docker.ts';
import { run } from '../../../src/delivery/image/testing/programs.ts';
import type { Application } from './application.ts';

const ROOT = path.join(import.meta.dirname, '..', '..', '..');

/** A builder that makes and pushes an application's image. */
export interface Builder {
  name: string;
  /** As a person would: from the changed files to the tag in the registry. */
  buildAndPush(application: Application, reference: string): Promise<void>;
  /** Forgets all it has of applications, and keeps the base. */
  forget(application: Application): Promise<void>;
  close(): Promise<void>;
}

/** The base with node in it, as an archive for the others. */
export const BASE_NAME = 'escale-bench/base:latest';

/** The same layers in the same order as Escale's images have. */
const DOCKERFILE = `FROM ${BASE_NAME}
COPY node_modules /packages/node_modules
COPY app /app
WORKDIR /app
USER 65532:65532
ENV HOST=0.0.0.0 PORT=8000
EXPOSE 8000
ENTRYPOINT ["node", "server.js"]
`;

export function writeDockerfile({ folder }: Application): void {
  writeFileSync(path.join(folder, 'Dockerfile'), DOCKERFILE);
}

export function escaleBuilder(baseCache: string): Builder {
  const envOf = ({ home }: Application) => ({ ...process.env, ESCALE_HOME: home, NO_COLOR: '1' });
  return {
    name: 'escale',
    buildAndPush: async (application, reference) => {
      const app = path.join(application.folder, 'app');
      const words = ['image', 'push', app, reference];
      await run(path.join(ROOT, 'escale'), words, { env: envOf(application) });
    },
    forget: async ({ home }) => {
      const images = path.join(home, 'cache', 'images');
      await run('rm', ['-rf', images]);
      await run('mkdir', ['-p', path.dirname(images)]);
      await run('cp', ['-a', baseCache, images]);
    },
    close: async () => {},
  };
}

/** Docker's classic builder, and BuildKit where this docker has it. */
export async function dockerBuilders(baseArchive: string): Promise<Builder[]> {
  const own = await ownDocker();
  await own.docker('load', '--input', baseArchive);
  const classic = dockerBuilder(own, 'docker', '0');
  const buildKit = dockerBuilder(own, 'buildkit', '1');
  const hasBuildKit = await run('/usr/bin/docker', ['--version']).then(
    (text) => /version 2[0-2]\./.test(text),
    () => false,
  );
  return [classic, ...(hasBuildKit ? [{ ...buildKit, close: async () => {} }] : [])];
}

function dockerBuilder({ docker, env, stop }: OwnDocker, name: string, buildKit: '0' | '1'): Builder {
  // Debian's own client, which has both builders in it.
  const program = buildKit === '1' ? '/usr/bin/docker' : 'docker';
  const mine = { env: { ...env, DOCKER_BUILDKIT: buildKit } };
  return {
    name,
    buildAndPush: async ({ folder }, reference) => {
      await run(program, ['build', '--quiet', '--tag', reference, folder], mine);
      await run(program, ['push', '--quiet', reference], mine);
    },
    forget: async () => {
      const named = (await docker('images', '--format', '{{.Repository}}:{{.Tag}}')).split('\n');
      const others = named.filter((name) => name.includes('/bench/') && !name.includes('<none>'));
      if (others.length > 0) await docker('rmi', '--force', ...others);
      await docker('image', 'prune', '--force');
      await run(program, ['builder', 'prune', '--all', '--force'], mine).catch(() => {});
    },
    close: stop,
  };
}

export async function buildahBuilder(folder: string, baseArchive: string): Promise<Builder> {
  const store = ['--root', path.join(folder, 'store'), '--runroot', path.join(folder, 'run')];
  const buildah = (...args: string[]) => run('buildah', [...store, ...args]);
  await buildah('pull', '--quiet', `docker-archive:${baseArchive}`);
  return {
    name: 'buildah',
    buildAndPush: async (application, reference) => {
      const { folder: context } = application;
      const options = ['--layers', '--isolation', 'chroot', '--pull-never', '--format', 'oci'];
      await buildah('build', '--quiet', ...options, '--tag', reference, context);
      await buildah('push', '--quiet', '--tls-verify=false', reference);
    },
    forget: async () => {
      const named = (await buildah('images', '--format', '{{.Name}}:{{.Tag}}')).split('\n');
      const others = named.filter((name) => name.includes('/bench/') && !name.includes('<none>'));
      if (others.length > 0) await buildah('rmi', '--force', ...others);
      await buildah('rmi', '--prune', '--force');
    },
    close: async () => {
      await run('rm', ['-rf', folder]);
    },
  };
}
