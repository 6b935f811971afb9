export { type Credentials, dockerCredentials } from './docker-config.ts';
export { type Fetched, fetchBlob, fetchManifest } from './pull.ts';
export { type Pushable, type Pushed, type PushRequest, pushImage } from './push.ts';
export { Registries, type RegistrySetting } from './registries.ts';
