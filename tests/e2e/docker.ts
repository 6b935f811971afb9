import type { TestContext } from 'node:test';
import { shareImages } from '../docker/base.ts';
import { type TestDocker, testDocker } from '../docker/dockerd.ts';
import { type Escale, startEscale } from './escale.ts';

export { withoutDocker } from '../docker/dockerd.ts';

export interface OnDocker {
  escale: Escale;
  docker: TestDocker;
}

/** An Escale of a test's own whose `local` runs on the tests' Docker. */
export async function startOnDocker(t: TestContext, env: NodeJS.ProcessEnv = {}): Promise<OnDocker> {
  const docker = await testDocker();
  const escale = await startEscale(t, {
    env: {
      DOCKER_HOST: `unix://${docker.socket}`,
      ESCALE_IMAGE_BASE: docker.base,
      ESCALE_ENGINE: 'docker',
      ...env,
    },
  });
  shareImages(escale.home, docker.images);
  return { escale, docker };
}

export interface Container {
  Id: string;
  Names: string[];
  Image: string;
  State: string;
  Labels: Record<string, string>;
}

/** The containers of one system, also those that have ended. */
export async function containersOf({ docker }: OnDocker, system: string): Promise<Container[]> {
  const filters = JSON.stringify({ label: [`escale.system=${system}`] });
  return docker.api.ask({ method: 'GET', path: '/containers/json', query: { all: 'true', filters } });
}

/** What `docker rm -f` does. */
export async function removeByForce({ docker }: OnDocker, { Id }: Container): Promise<void> {
  await docker.api.ask({ method: 'DELETE', path: `/containers/${Id}`, query: { force: 'true' } });
}

/** What `docker kill` does. */
export async function killByHand({ docker }: OnDocker, { Id }: Container): Promise<void> {
  await docker.api.ask({ method: 'POST', path: `/containers/${Id}/kill` });
}
