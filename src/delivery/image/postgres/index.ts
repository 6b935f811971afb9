export { type PostgresImageRequest, postgresImage, postgresTag, REVISION } from './image.ts';
