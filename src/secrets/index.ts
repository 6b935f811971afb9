export { identityIn, recipientOf } from './age.ts';
export { seal, unseal } from './seal.ts';
export { type NamedValue, readSopsFile } from './sops/read-file.ts';
export type { SecretAt } from './stored.ts';
export { type MirroredValue, type SecretLookup, type SecretView, type Taken, Vault } from './vault.ts';
