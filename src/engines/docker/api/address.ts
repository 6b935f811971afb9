import { EscaleError } from '../../../core/errors/index.ts';

const USUAL = '/var/run/docker.sock';

/** The socket of this host's Docker, as `DOCKER_HOST` says it. Throws `docker-address`. */
export function dockerSocket(env: NodeJS.ProcessEnv): string {
  const host = env.DOCKER_HOST ?? '';
  if (host === '') return USUAL;
  if (/^unix:\/\/\/./.test(host)) return host.slice('unix://'.length);
  throw new EscaleError('docker-address', `DOCKER_HOST is ${JSON.stringify(host)}, and no unix socket`);
}
