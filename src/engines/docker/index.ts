export { DockerApi, DockerRefusal, dockerSocket } from './api/index.ts';
export { DockerRuntime, type DockerRuntimeOptions } from './docker-runtime.ts';
export { type DockerHere, lookAtDocker, whyNoDocker } from './look.ts';
