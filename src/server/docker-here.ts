import { type DockerHere, lookAtDocker, whyNoDocker } from '../engines/docker/index.ts';

/** What is there of Docker on this host, or why there is none. */
export async function dockerHere(
  env: NodeJS.ProcessEnv = process.env,
): Promise<DockerHere | { none: string }> {
  try {
    return await lookAtDocker(env);
  } catch (error) {
    return { none: whyNoDocker(error) };
  }
}
