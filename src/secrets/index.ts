export { type SecretAt, type SecretView, Vault } from './vault.ts';
