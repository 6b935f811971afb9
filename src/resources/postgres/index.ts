export { type PostgresOptions, postgres } from './kind.ts';
