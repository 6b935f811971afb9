import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { shareImages } from '../docker/base.ts';
import { outsidePid, type TestDocker, testDocker } from '../docker/dockerd.ts';
import { makeProcessEngine, type ProcessEngine } from './process-engine.ts';

/** The same processes of Escale, whose instances are containers of the tests' own Docker. */
export interface DockerEngine extends ProcessEngine {
  docker: TestDocker;
}

export async function makeDockerEngine(): Promise<DockerEngine> {
  const docker = await testDocker();
  const made = await makeProcessEngine({
    DOCKER_HOST: `unix://${docker.socket}`,
    ESCALE_IMAGE_BASE: docker.base,
  });
  shareImages(made.home, docker.images);
  const artifacts = new Map<string, Promise<string>>();
  const artifact = (program: string) => {
    const known = artifacts.get(program) ?? made.artifact(program);
    artifacts.set(program, known);
    return known;
  };
  return {
    ...made,
    // An image for each program, not for each test.
    ...{ docker, artifact },
    runsOn: 'docker',
    node: 'node',
    hostPid: ({ pid }, inside) => outsidePid(inside, pid!),
    seesEndsOfAdopted: true,
    logBytes: (system) => made.logBytes(system) + dockerLogBytes(docker.data, system),
  };
}

/** Tests of other files share the daemon: their containers come and go meanwhile, and do not count. */
function dockerLogBytes(data: string, system: string): number {
  const folder = path.join(data, 'containers');
  return readdirSync(folder)
    .map((container) => path.join(folder, container))
    .filter((container) => isOf(container, system))
    .flatMap((container) => readdirSync(container).map((name) => path.join(container, name)))
    .filter((file) => file.includes('-json.log'))
    .reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

function isOf(container: string, system: string): boolean {
  try {
    const config = readFileSync(path.join(container, 'config.v2.json'), 'utf8');
    return config.includes(`"escale.system":"${system}"`);
  } catch {
    return false;
  }
}
