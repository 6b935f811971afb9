export type { CatalogueEntry, ErrorCode } from './catalogue.ts';
export { CATALOGUE } from './catalogue.ts';
export type { ErrorFacts } from './error.ts';
export { EscaleError, errorSaid, isAway, isDiskFull } from './error.ts';
export { errorsPage } from './page.ts';
