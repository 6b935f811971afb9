export { dockerSocket } from './address.ts';
export { DockerApi, DockerRefusal, isAway, isRefusal } from './docker-api.ts';
export { lines } from './lines.ts';
