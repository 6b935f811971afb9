export { EscaleError } from './escale-error.ts';
