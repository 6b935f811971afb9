export { addressSecretOf, databaseAddress, databasePeers } from './access.ts';
export { renderPostgres } from './render.ts';
export { credentialsOf, dataClaim } from './stateful-set.ts';
