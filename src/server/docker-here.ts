import type { DockerHere } from '../engines/docker/index.ts';

export type { DockerHere };

/** What is there of Docker on this host, or why there is none. */
export async function dockerHere(
  env: NodeJS.ProcessEnv = process.env,
): Promise<DockerHere | { none: string }> {
  // Loaded when it is asked for: this file is loaded with every command.
  const { lookAtDocker, whyNoDocker } = await import('../engines/docker/index.ts');
  try {
    return await lookAtDocker(env);
  } catch (error) {
    return { none: whyNoDocker(error) };
  }
}
